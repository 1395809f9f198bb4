//! What `#[differentiable]` costs while a program is compiled, as two Markdown tables.
//!
//! `cargo run --release -p benches --bin compile_time`, with `-- --quick` for one run of each
//! measurement instead of the best of three.
//!
//! The first table is of generated functions of 10 to 5,000 statements: the time inside the macro, with
//! macros built as cargo builds them in every profile (not optimised) and with optimised ones, and
//! rustc's time on the function and its gradient against the function alone. The second is of whole
//! builds from nothing: a crate with one differentiated function against one with a struct that
//! derives serde's traits.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::time::{Duration, Instant};
use std::{env, fs, io};

const SIZES: [usize; 4] = [10, 100, 1_000, 5_000];

fn main() -> ExitCode {
    let quick = env::args().skip(1).any(|argument| argument == "--quick");
    let runs = if quick { 1 } else { 3 };
    let scratch = env::temp_dir().join(format!("autograd-compile-time-{}", std::process::id()));
    let result = expansion(&scratch, runs).and_then(|()| whole_builds(&scratch, runs));
    // Gigabytes of builds; that they cannot be removed is not worth a failure.
    let _ = fs::remove_dir_all(&scratch);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// A function of `n` statements, each of a few operations.
fn straight(n: usize) -> String {
    let mut code =
        String::from("(x: f64, y: f64) -> f64 {\n    let v0 = x * y;\n    let v1 = x + y;\n");
    for i in 2..n {
        let (a, b) = (format!("v{}", i - 1), format!("v{}", i - 2));
        let value = match i % 5 {
            0 => format!("{a} * {b} + 0.5"),
            1 => format!("{a}.sin() - {b}"),
            2 => format!("({a} + {b}) * 0.25"),
            3 => format!("{a} / (1.0 + {b} * {b})"),
            _ => format!("({a} * 0.1).exp() + {b}"),
        };
        let _ = writeln!(code, "    let v{i} = {value};");
    }
    let _ = writeln!(code, "    v{}\n}}", n - 1);
    code
}

/// A function of about `n` statements with branches, loops and a variable that changes.
fn structured(n: usize) -> String {
    let mut code = String::from("(x: f64, y: f64) -> f64 {\n    let mut s = y;\n");
    for i in 0..n.div_ceil(7) {
        let _ = write!(
            code,
            "    let a{i} = s * x + 0.5;
    if a{i} > 1.0 {{
        s += a{i}.sin();
    }} else {{
        s = s * 0.5 + a{i};
    }}
    for k in 0..3_usize {{
        let t = x * s + k as f64;
        s += t.tanh();
    }}\n"
        );
    }
    code += "    s\n}\n";
    code
}

/// The function with its gradient, which is called so that it is compiled to the end.
fn differentiated(function: &str) -> String {
    format!(
        "use autograd_runtime::prelude::*;\n#[differentiable]\npub fn f{function}
pub fn gradient(x: f64, y: f64) -> (f64, f64) {{ f::grad(x, y) }}\n"
    )
}

/// A crate that is compiled with this project's, whose root is the workspace of this file.
struct Crate {
    folder: PathBuf,
    target: PathBuf,
}

impl Crate {
    fn new(folder: PathBuf, dependency: &str, code: &str) -> io::Result<Self> {
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[workspace]\n[package]\nname = \"user\"\nedition = \"2024\"\n[dependencies]\n{dependency}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/lib.rs"), code)?;
        let target = folder.join("target");
        Ok(Self { folder, target })
    }

    fn with_autograd(folder: PathBuf, code: &str) -> io::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let path = root.join("autograd-runtime");
        let dependency = format!("autograd-runtime = {{ path = '{}' }}", path.display());
        let own = Self::new(folder, &dependency, code)?;
        // The versions that were tested are also in the registry's cache.
        fs::copy(root.join("Cargo.lock"), own.folder.join("Cargo.lock"))?;
        Ok(own)
    }

    fn cargo(&self, arguments: &[&str], optimised_macros: bool) -> io::Result<Output> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(arguments).current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target);
        if optimised_macros {
            cargo.env("CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL", "2");
        }
        succeeded(cargo.output()?)
    }
}

fn succeeded(output: Output) -> io::Result<Output> {
    if output.status.success() {
        return Ok(output);
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// What rustc took for one file, and the macro in it.
#[derive(Clone, Copy)]
struct Times {
    rustc: Duration,
    expansion: Duration,
}

/// Compiles `code` with the libraries that were built for `user`.
fn rustc(user: &Crate, code: &str) -> io::Result<Times> {
    let file = user.folder.join("src/lib.rs");
    fs::write(&file, code)?;
    let libraries = user.target.join("debug/deps");
    let is_runtime = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libautograd_runtime-") && name.ends_with(".rlib")
    };
    let mut files = fs::read_dir(&libraries)?.filter_map(|entry| Some(entry.ok()?.path()));
    let runtime = files.find(is_runtime).expect("the runtime was built");
    let mut command = Command::new("rustc");
    command.args(["--edition", "2024", "--crate-type", "lib", "--crate-name", "user"]).arg(&file);
    command.arg("--extern").arg(format!("autograd_runtime={}", runtime.display()));
    command.arg("-L").arg(format!("dependency={}", libraries.display()));
    command.arg("--out-dir").arg(&user.folder).env("AUTOGRAD_DUMP", "time");
    let start = Instant::now();
    let output = succeeded(command.output()?)?;
    let rustc = start.elapsed();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let total = errors.split("total ").nth(1).and_then(|rest| rest.split(' ').next());
    let expansion = total.map_or(0, |total| total.parse().expect("a number of microseconds"));
    Ok(Times { rustc, expansion: Duration::from_micros(expansion) })
}

/// The least of some runs: whatever disturbs the machine only adds.
fn best(runs: usize, mut run: impl FnMut() -> io::Result<Times>) -> io::Result<Times> {
    let mut best = run()?;
    for _ in 1..runs {
        let next = run()?;
        best.rustc = best.rustc.min(next.rustc);
        best.expansion = best.expansion.min(next.expansion);
    }
    Ok(best)
}

/// Makes a function's parameters and body, of about so many statements.
type Shape = fn(usize) -> String;

/// The table of generated functions.
fn expansion(scratch: &Path, runs: usize) -> io::Result<()> {
    let code = differentiated(&straight(3));
    let plain = Crate::with_autograd(scratch.join("plain"), &code)?;
    let optimised = Crate::with_autograd(scratch.join("optimised"), &code)?;
    plain.cargo(&["build"], false)?;
    optimised.cargo(&["build"], true)?;
    println!("Milliseconds, the least of {runs}; rustc without optimisation.\n");
    println!(
        "| function | statements | in the macro | in an optimised macro | rustc | rustc, function alone | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let shapes: [(&str, Shape); 2] =
        [("straight line", straight), ("branches and loops", structured)];
    for (name, shape) in shapes {
        for size in SIZES {
            let function = shape(size);
            let with = differentiated(&function);
            let alone = format!("pub fn f{function}");
            let slow = best(runs, || rustc(&plain, &with))?;
            let fast = best(runs, || rustc(&optimised, &with))?;
            let primal = best(runs, || rustc(&plain, &alone))?;
            println!(
                "| {name} | {size} | {} | {} | {} | {} | {:.1} |",
                milliseconds(slow.expansion),
                milliseconds(fast.expansion),
                milliseconds(slow.rustc),
                milliseconds(primal.rustc),
                slow.rustc.as_secs_f64() / primal.rustc.as_secs_f64(),
            );
        }
    }
    println!();
    Ok(())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

/// The table of builds from nothing.
fn whole_builds(scratch: &Path, runs: usize) -> io::Result<()> {
    let differentiated = differentiated(&straight(5));
    let derived = "#[derive(serde::Serialize, serde::Deserialize)]\npub struct Point {\n    pub x: f64,\n    pub y: f64,\n}\n";
    let serde = "serde = { version = \"1\", features = [\"derive\"] }";
    let crates = [
        (
            "one differentiated function",
            Crate::with_autograd(scratch.join("own"), &differentiated)?,
        ),
        ("one struct with serde's traits", Crate::new(scratch.join("serde"), serde, derived)?),
    ];
    let mut times = [Duration::MAX; 2];
    for (_, user) in &crates {
        user.cargo(&["fetch"], false)?;
    }
    for _ in 0..runs {
        for ((_, user), least) in crates.iter().zip(&mut times) {
            if user.target.exists() {
                fs::remove_dir_all(&user.target)?;
            }
            let start = Instant::now();
            user.cargo(&["build", "--offline", "-j2"], false)?;
            *least = start.elapsed().min(*least);
        }
    }
    println!("`cargo build -j2` from nothing, seconds, the least of {runs}.\n");
    println!("| crate with | seconds | ratio |\n| --- | --- | --- |");
    for ((name, _), time) in crates.iter().zip(times) {
        let seconds = time.as_secs_f64();
        println!("| {name} | {seconds:.2} | {:.2} |", seconds / times[1].as_secs_f64());
    }
    Ok(())
}
