use super::call::{Answer, Call};
use super::module;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::io::{self, BufRead, Write};

/// A line of an eval.
#[derive(Deserialize)]
struct Message<'a> {
    id: i64,
    kind: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    function: String,
    /// As text, which only the module can read.
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

/// A line of this tool. What is `None` is not written.
#[derive(Default, Serialize)]
struct Response {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<Vec<Timing>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Timing {
    name: &'static str,
    nanoseconds: u64,
}

/// Answers each line of `messages` by a line of `responses`, until there are no more.
///
/// What cannot be evaluated (an unknown function, an input of a wrong shape) is answered by an error.
///
/// # Errors
/// If a line is not a message, or reading or writing fails.
pub fn serve(messages: impl BufRead, mut responses: impl Write) -> io::Result<()> {
    for line in messages.lines() {
        let line = line?;
        let message: Message<'_> = serde_json::from_str(&line)?;
        serde_json::to_writer(&mut responses, &response(&message))?;
        responses.write_all(b"\n")?;
        responses.flush()?;
    }
    Ok(())
}

fn response(message: &Message<'_>) -> Response {
    let response = Response { id: message.id, ..Response::default() };
    match message.kind.as_str() {
        "start" => Response { tool: Some("autograd"), ..response },
        "define" => {
            let known = module(&message.module).is_some();
            let error = (!known).then(|| unknown(&message.module));
            Response { success: Some(known), error, ..response }
        }
        "evaluate" => match evaluate(message) {
            Ok(Answer { output, nanoseconds }) => {
                let timing = |nanoseconds| Timing { name: "evaluate", nanoseconds };
                let timings = Some(nanoseconds.into_iter().map(timing).collect());
                Response { success: Some(true), output: Some(output), timings, ..response }
            }
            Err(error) => Response { success: Some(false), error: Some(error), ..response },
        },
        // Any other kind wants no more than its id.
        _ => response,
    }
}

fn evaluate(message: &Message<'_>) -> Result<Answer, String> {
    let evaluate = module(&message.module).ok_or_else(|| unknown(&message.module))?;
    let input = message.input.ok_or("there is no input")?;
    evaluate(&Call { function: &message.function, input: input.get() })
}

fn unknown(module: &str) -> String {
    format!("there is no module `{module}`")
}
