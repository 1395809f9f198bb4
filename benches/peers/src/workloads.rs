//! The workloads, each with the programs of all libraries that can run it.

use crate::peer::{Peer, STEPS};
use crate::problem::{Chain, Mlp, TwoLayer};
use crate::{with_autograd, with_burn, with_candle, with_reverse};
use benches::Contender;
use burn::tensor::Device;
use std::rc::Rc;

/// The columns of the table, in their order. Of programs whose names begin alike, the fastest counts.
pub const LIBRARIES: [&str; 5] = ["autograd", "burn flex", "burn ndarray", "candle", "reverse"];

pub struct Workload {
    pub name: &'static str,
    pub about: String,
    /// By how much programs may differ, relative to the scale of the numbers.
    pub tolerance: f64,
    pub programs: Vec<Box<dyn Contender>>,
}

/// Both backends of burn that run on the CPU without a foreign library.
fn burn_devices() -> [(&'static str, Device); 2] {
    #[allow(deprecated, reason = "it is what many programs still use")]
    let ndarray = Device::ndarray();
    [("burn flex", Device::flex().autodiff()), ("burn ndarray", ndarray.autodiff())]
}

pub fn all() -> Vec<Workload> {
    vec![two_layer(false), two_layer(true), mlp(), chain(), scalar3()]
}

fn two_layer(adam: bool) -> Workload {
    let problem = Rc::new(TwoLayer::new());
    let for_candle = Rc::clone(&problem);
    let fresh = Rc::clone(&problem);
    let into = Rc::clone(&problem);
    let mut programs = vec![
        Peer::boxed("autograd", move || with_autograd::TwoLayer::<false>::new(&fresh, adam)),
        Peer::boxed("autograd, into", move || with_autograd::TwoLayer::<true>::new(&into, adam)),
        Peer::boxed("candle", move || with_candle::TwoLayer::new(&for_candle, adam)),
    ];
    for (name, device) in burn_devices() {
        let problem = Rc::clone(&problem);
        programs.push(Peer::boxed(name, move || with_burn::TwoLayer::new(&problem, adam, &device)));
    }
    let descent = if adam { "Adam" } else { "SGD" };
    Workload {
        name: if adam { "two_layer_adam" } else { "two_layer_sgd" },
        about: format!("step of a 1000-100-10 network, batch 64, squared errors, {descent}, f32"),
        tolerance: 1e-4,
        programs,
    }
}

fn mlp() -> Workload {
    let problem = Rc::new(Mlp::new());
    let for_candle = Rc::clone(&problem);
    let fresh = Rc::clone(&problem);
    let into = Rc::clone(&problem);
    let mut programs = vec![
        Peer::boxed("autograd", move || with_autograd::Mlp::<false>::new(&fresh)),
        Peer::boxed("autograd, into", move || with_autograd::Mlp::<true>::new(&into)),
        Peer::boxed("candle", move || with_candle::Mlp::new(&for_candle)),
    ];
    for (name, device) in burn_devices() {
        let problem = Rc::clone(&problem);
        programs.push(Peer::boxed(name, move || with_burn::Mlp::new(&problem, &device)));
    }
    Workload {
        name: "mlp_adam",
        about: "step of a 784-512-512-10 network, batch 256, cross entropy, Adam, f32".to_owned(),
        tolerance: 1e-4,
        programs,
    }
}

fn chain() -> Workload {
    let problem = Rc::new(Chain::new());
    let for_candle = Rc::clone(&problem);
    let fresh = Rc::clone(&problem);
    let into = Rc::clone(&problem);
    let mut programs = vec![
        Peer::boxed("autograd", move || with_autograd::Chain::<false>::new(&fresh)),
        Peer::boxed("autograd, into", move || with_autograd::Chain::<true>::new(&into)),
        Peer::boxed("candle", move || with_candle::Chain::new(&for_candle)),
    ];
    for (name, device) in burn_devices() {
        let problem = Rc::clone(&problem);
        programs.push(Peer::boxed(name, move || with_burn::Chain::new(&problem, &device)));
    }
    Workload {
        name: "chain",
        about: "gradient of sum(tanh(x w + b) sigmoid(x)) for w and b, x [1000, 1000], w and b [1000], f32"
            .to_owned(),
        tolerance: 1e-4,
        programs,
    }
}

fn scalar3() -> Workload {
    let mut programs = vec![
        Peer::boxed("autograd", || with_autograd::Scalar3),
        Peer::boxed("candle", with_candle::Scalar3::new),
        Peer::boxed("reverse", with_reverse::Scalar3::new),
    ];
    for (name, device) in burn_devices() {
        programs.push(Peer::boxed(name, move || with_burn::Scalar3::new(&device)));
    }
    Workload {
        name: "scalar3",
        about: "gradient of a scalar function of 3 variables, 12 operations, f64".to_owned(),
        tolerance: 1e-12,
        programs,
    }
}

/// How many losses in a row were compared, for the heading.
pub const COMPARED: usize = STEPS;
