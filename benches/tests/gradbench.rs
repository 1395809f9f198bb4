//! Conversations with the tool: the protocol, and each module against closed forms, central
//! differences of its own primal function, or the numbers that the benchmark expects.

use serde_json::{Value, json};

/// The responses to messages.
fn converse(messages: &[Value]) -> Vec<Value> {
    let lines: Vec<String> = messages.iter().map(Value::to_string).collect();
    let mut responses = Vec::new();
    benches::gradbench::serve(lines.join("\n").as_bytes(), &mut responses).unwrap();
    let responses = String::from_utf8(responses).unwrap();
    responses.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The response to the evaluation of a function.
fn response(module: &str, function: &str, input: &Value) -> Value {
    let message = json!({
        "id": 5, "kind": "evaluate", "module": module, "function": function, "input": input,
    });
    converse(&[message]).remove(0)
}

#[track_caller]
fn evaluate(module: &str, function: &str, input: &Value) -> Value {
    let mut response = response(module, function, input);
    assert_eq!(response["success"], true, "{}", response["error"]);
    response["output"].take()
}

/// All numbers of a value, in order.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}

#[track_caller]
fn assert_close(got: &Value, expected: &[f64], tolerance: f64) {
    let got = numbers(got);
    assert_eq!(got.len(), expected.len());
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        let close = (got - expected).abs() <= tolerance * expected.abs().max(1.0);
        assert!(close, "{i}: {got}, expected {expected}");
    }
}

/// The central differences of all numbers of a function by one number of its input.
fn difference(module: &str, function: &str, input: &Value, pointer: &str) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let moved = |step: f64| {
        let mut input = input.clone();
        let number = input.pointer_mut(pointer).unwrap();
        *number = json!(number.as_f64().unwrap() + step);
        numbers(&evaluate(module, function, &input))
    };
    let (above, below) = (moved(STEP), moved(-STEP));
    above.iter().zip(below).map(|(above, below)| (above - below) / (2.0 * STEP)).collect()
}

/// The same of a function that gives one number, by each number of a list or matrix of its input.
fn differences(module: &str, function: &str, input: &Value, name: &str) -> Vec<f64> {
    let by = |pointer: &str| difference(module, function, input, pointer)[0];
    let rows = input[name].as_array().unwrap().iter().enumerate();
    let row = |(i, row): (usize, &Value)| match row {
        Value::Array(row) => (0..row.len()).map(|j| by(&format!("/{name}/{i}/{j}"))).collect(),
        _ => vec![by(&format!("/{name}/{i}"))],
    };
    rows.flat_map(row).collect()
}

/// `scale sin(start + i)`, in rows.
fn waves(rows: usize, columns: usize, start: f64, scale: f64) -> Vec<Vec<f64>> {
    let wave = |i: usize| scale * (start + i as f64).sin();
    (0..rows).map(|row| (0..columns).map(|column| wave(row * columns + column)).collect()).collect()
}

#[test]
fn a_session() {
    let responses = converse(&[
        json!({ "id": 0, "kind": "start", "eval": "hello" }),
        json!({ "id": 1, "kind": "define", "module": "hello" }),
        json!({ "id": 2, "kind": "evaluate", "module": "hello", "function": "square", "input": 3.5 }),
        json!({ "id": 3, "kind": "analysis", "of": 2, "valid": true }),
        json!({ "id": 4, "kind": "define", "module": "goodbye" }),
        json!({ "id": 9, "kind": "a kind of the future" }),
    ]);
    let [start, define, square, analysis, goodbye, future] = &responses[..] else {
        panic!("{responses:?}");
    };
    assert_eq!(start, &json!({ "id": 0, "tool": "autograd" }));
    assert_eq!(define, &json!({ "id": 1, "success": true }));
    assert_eq!((&square["id"], &square["success"]), (&json!(2), &json!(true)));
    assert_eq!(square["output"], 12.25);
    let timing = square["timings"][0].as_object().unwrap();
    assert_eq!(timing["name"], "evaluate");
    assert!(timing["nanoseconds"].is_u64());
    assert_eq!(analysis, &json!({ "id": 3 }));
    let error = "there is no module `goodbye`";
    assert_eq!(goodbye, &json!({ "id": 4, "success": false, "error": error }));
    assert_eq!(future, &json!({ "id": 9 }));
}

#[test]
fn as_many_timings_as_runs() {
    let input = json!({ "x": [1.0], "min_runs": 17, "min_seconds": 0 });
    assert_eq!(response("lse", "primal", &input)["timings"].as_array().unwrap().len(), 17);
    let response = response("lse", "primal", &json!({ "x": [1.0] }));
    assert_eq!(response["timings"].as_array().unwrap().len(), 1);
}

/// The time of all runs together is that which was asked for.
#[test]
fn as_many_runs_as_seconds() {
    let response = response("lse", "primal", &json!({ "x": [1.0], "min_seconds": 1e-4 }));
    let timings = response["timings"].as_array().unwrap();
    let total: u64 = timings.iter().map(|timing| timing["nanoseconds"].as_u64().unwrap()).sum();
    assert!(total >= 100_000);
}

/// What does not fit is answered, and the conversation goes on.
#[test]
fn refusals() {
    let points = json!([[0.0, 0.0]]);
    for (module, function, input, error) in [
        ("hello", "triple", json!(1.0), "there is no function `triple`"),
        ("nothing", "square", json!(1.0), "there is no module `nothing`"),
        ("det", "primal", json!({ "A": [1.0], "ell": 2 }), "`A` is not of `ell²` elements"),
        ("ode", "primal", json!({ "x": [], "s": 1 }), "there must be equations and steps"),
        (
            "kmeans",
            "cost",
            json!({ "points": points, "centroids": [[1.0]] }),
            "`centroids` is not of shape [1, 2]",
        ),
    ] {
        let response = response(module, function, &input);
        assert_eq!(response, json!({ "id": 5, "success": false, "error": error }));
    }
    let error = response("lse", "primal", &json!({ "x": "many" }))["error"].take();
    assert!(error.as_str().unwrap().starts_with("the input: invalid type"), "{error}");
}

#[test]
fn what_is_not_a_message() {
    let served = benches::gradbench::serve("{\"id\": 1}\n".as_bytes(), Vec::new());
    assert!(served.unwrap_err().to_string().contains("missing field `kind`"));
}

#[test]
fn hello() {
    assert_eq!(evaluate("hello", "square", &json!(-3)), 9.0);
    assert_eq!(evaluate("hello", "double", &json!(-3)), -6.0);
}

/// `ln(1 + 3)`, and the shares of 1 and 3 in 4.
#[test]
fn lse() {
    let input = json!({ "x": [0.0, 3_f64.ln()] });
    assert_close(&evaluate("lse", "primal", &input), &[4_f64.ln()], 1e-15);
    assert_close(&evaluate("lse", "gradient", &input), &[0.25, 0.75], 1e-15);
}

/// The points are -1, 0 and 1, and the residuals -1.25, -0.5 and 0.25.
#[test]
fn llsq() {
    let input = json!({ "x": [0.5, 0.25], "n": 3 });
    assert_close(&evaluate("llsq", "primal", &input), &[0.9375], 1e-15);
    assert_close(&evaluate("llsq", "gradient", &input), &[1.5, -1.5], 1e-15);
}

/// `y₀ = 2 x₀` and `y₁ = 2 x₀ x₁`.
#[test]
fn ode() {
    let input = json!({ "x": [3.0, 0.5], "s": 4 });
    assert_close(&evaluate("ode", "primal", &input), &[6.0, 3.0], 1e-14);
    assert_close(&evaluate("ode", "gradient", &input), &[1.0, 6.0], 1e-14);
}

#[test]
fn det() {
    let input = json!({ "A": [1.0, 2.0, 3.0, 4.0], "ell": 2 });
    assert_eq!(evaluate("det", "primal", &input), -2.0);
    assert_eq!(evaluate("det", "gradient", &input), json!([4.0, -3.0, -2.0, 1.0]));
}

/// The first two points belong to the first centroid, whose mean is (1, 0).
#[test]
fn kmeans() {
    let input = json!({
        "points": [[0.0, 0.0], [2.0, 0.0], [10.0, 4.0]],
        "centroids": [[0.5, 0.5], [9.0, 5.0]],
    });
    assert_close(&evaluate("kmeans", "cost", &input), &[5.0], 1e-15);
    assert_eq!(evaluate("kmeans", "dir", &input), json!([[-0.5, 0.5], [-1.0, 1.0]]));
}

/// One component in one dimension: a normal and a gamma distribution.
#[test]
fn gmm_of_one_component() {
    let input = json!({
        "d": 1, "k": 1, "n": 2, "x": [[1.0], [3.0]], "m": 0, "gamma": 1.0,
        "alpha": [0.7], "mu": [[1.0]], "q": [[0.0]], "l": [[]],
    });
    let expected = -std::f64::consts::TAU.ln() - 2.0 - 0.5 - 2_f64.ln();
    assert_close(&evaluate("gmm", "objective", &input), &[expected], 1e-15);
    let gradient = evaluate("gmm", "jacobian", &input);
    assert_close(&gradient["alpha"], &[0.0], 1e-15);
    assert_close(&gradient["mu"], &[2.0], 1e-15);
    assert_close(&gradient["q"], &[-3.0], 1e-15);
    assert_eq!(gradient["l"], json!([[]]));
}

#[test]
fn gmm() {
    let input = json!({
        "d": 3, "k": 2, "n": 4, "x": waves(4, 3, 0.5, 1.5), "m": 1, "gamma": 0.8,
        "alpha": [0.2, -0.4], "mu": waves(2, 3, 2.0, 1.0), "q": waves(2, 3, 3.0, 0.5),
        "l": waves(2, 3, 4.0, 0.7),
    });
    let gradient = evaluate("gmm", "jacobian", &input);
    assert_eq!(gradient.as_object().unwrap().len(), 4);
    for name in ["alpha", "mu", "q", "l"] {
        assert_close(&gradient[name], &differences("gmm", "objective", &input, name), 1e-7);
    }
    assert_eq!(gradient["l"].as_array().unwrap().len(), 2);
}

#[test]
fn lstm() {
    let input = json!({
        "main_params": waves(4, 8, 0.5, 1.0), "extra_params": waves(3, 2, 2.0, 1.0),
        "state": waves(4, 2, 3.0, 1.0), "sequence": [[0, 1], [1, 1], [1, 0], [0, 1]],
    });
    let mut expected = differences("lstm", "objective", &input, "main_params");
    expected.extend(differences("lstm", "objective", &input, "extra_params"));
    assert_close(&evaluate("lstm", "jacobian", &input), &expected, 1e-8);
}

/// A point on the axis of a camera that looks straight ahead, with a focal length of 2, at a depth
/// of 4. It is seen a quarter to the right of and a half below where it was observed, and the weight
/// is a half.
#[test]
fn ba() {
    let (n, m, p) = (2, 3, 40);
    let input = json!({
        "n": n, "m": m, "p": p, "cam": [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 2.0, 0.5, 0.25, 0.0, 0.0],
        "x": [1.0, 2.0, 7.0], "w": 0.5, "feat": [0.25, 0.75],
    });
    let expected = json!({
        "reproj_error": { "elements": [0.125, -0.25], "repeated": p },
        "w_err": { "element": 0.75, "repeated": p },
    });
    assert_eq!(evaluate("ba", "objective", &input), expected);
    let jacobian = evaluate("ba", "jacobian", &input);
    // 15 elements in each of two rows of an observation, then one in each row of a weight.
    let rows: Vec<usize> = (0..30).map(|row| 15 * row).chain([31 * p]).collect();
    assert_eq!(jacobian["rows"], json!(rows));
    let (points, weights) = (11 * n, 11 * n + 3 * m);
    let row: Vec<usize> = (0..11).chain(points..points + 3).chain([weights]).collect();
    let columns = [&row[..], &row, &[weights + p - 1]].concat();
    assert_eq!(jacobian["cols"], json!(columns));
    let values = [
        [0.0, 1.0, 0.0, -0.25, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.25, 0.0, 0.0, 0.25],
        [-1.0, 0.0, 0.0, 0.0, -0.25, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.25, 0.0, -0.5],
    ];
    assert_close(&jacobian["vals"], &[values.as_flattened(), &[-1.0]].concat(), 1e-15);
}

/// A hand of four vertices and two points, at places on triangles or at vertices.
fn hand(us: &Value) -> Value {
    let affine = |start: f64| -> Vec<Vec<Vec<f64>>> {
        let matrix = |bone| {
            let mut matrix = waves(4, 4, start + f64::from(bone), 0.5);
            matrix[3] = vec![0.0, 0.0, 0.0, 1.0];
            matrix
        };
        (0..22).map(matrix).collect()
    };
    let mut places = waves(4, 4, 1.0, 1.0);
    places.iter_mut().for_each(|place| place[3] = 1.0);
    let parent = |bone: i32| match bone {
        0 => -1,
        1 => 0,
        bone if (bone - 2) % 4 == 0 => 0,
        bone => bone - 1,
    };
    let model = json!({
        "bone_count": 22, "bone_names": vec!["bone"; 22],
        "parents": (0..22).map(parent).collect::<Vec<_>>(),
        "base_relatives": affine(0.5), "inverse_base_absolutes": affine(1.5),
        "base_positions": places, "weights": waves(4, 22, 2.0, 0.2),
        "triangles": [[0, 1, 2], [1, 3, 2]], "is_mirrored": false,
    });
    json!({
        "theta": waves(1, 26, 3.0, 0.5)[0],
        "data": { "model": model, "correspondences": [1, 0], "points": waves(2, 3, 4.0, 1.0) },
        "us": us,
    })
}

/// The columns of a Jacobian are differences of the objective.
#[track_caller]
fn assert_columns(input: &Value, first: usize) {
    let rows: Vec<Vec<f64>> =
        evaluate("ht", "jacobian", input).as_array().unwrap().iter().map(numbers).collect();
    assert_eq!(rows.len(), 6);
    for angle in 0..26 {
        let column: Vec<f64> = rows.iter().map(|row| row[first + angle]).collect();
        let expected = difference("ht", "objective", input, &format!("/theta/{angle}"));
        assert_close(&json!(column), &expected, 1e-7);
    }
    for coordinate in 0..first {
        for (i, row) in rows.iter().enumerate() {
            let pointer = format!("/us/{}/{coordinate}", i / 3);
            let expected = difference("ht", "objective", input, &pointer)[i];
            assert_close(&json!(row[coordinate]), &[expected], 1e-7);
        }
    }
    assert!(rows.iter().all(|row| row.len() == first + 26));
}

#[test]
fn ht() {
    assert_columns(&hand(&json!([])), 0);
    assert_columns(&hand(&json!([[0.25, 0.5], [0.3, 0.1]])), 2);
}

#[test]
fn a_hand_that_does_not_fit() {
    let mut input = hand(&json!([]));
    input["data"]["correspondences"] = json!([1, 4]);
    let error = response("ht", "objective", &input)["error"].take();
    assert_eq!(error, "`correspondences` do not fit `points` and `model`");
}

/// The number that the benchmark expects.
#[test]
fn particle() {
    for function in ["rr", "rf", "fr", "ff"] {
        let w = evaluate("particle", function, &json!({ "w": 0.0 }));
        assert_close(&w, &[0.207_191_874_648_611_6], 1e-9);
    }
}

/// The number that the benchmark expects, which compares with a tolerance of 1e-4.
#[test]
fn saddle() {
    for function in ["rr", "rf", "fr", "ff"] {
        let points = evaluate("saddle", function, &json!({ "start": [1.0, 1.0] }));
        assert_close(&points, &[8.246_324_826_140_356e-6; 4], 1e-15);
    }
}
