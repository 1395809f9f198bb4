//! Makes a random program from a seed.

mod closures;
mod control;
mod expr;
mod growing;
mod items;
mod lists;
mod methods;
mod nested;
mod recursion;
mod scope;
mod stmt;
mod strides;
mod sweeps;
mod updates;

use crate::ast::{Point, Program, Ty};
use crate::construct::{Construct, Switches};
use crate::rng::Rng;
use scope::Scope;

/// The program of a seed, of the constructs that are switched on.
pub fn program(seed: u64, switches: &Switches) -> Program {
    let mut generator = Generator {
        rng: Rng::new(seed),
        switches,
        names: 0,
        length: 0,
        budget: 0,
        program: Program {
            seed,
            structs: Vec::new(),
            variants: Vec::new(),
            consts: Vec::new(),
            functions: Vec::new(),
            points: Vec::new(),
        },
    };
    generator.length = generator.rng.between(2, 4);
    generator.items();
    generator.points();
    generator.program
}

struct Generator<'a> {
    rng: Rng,
    switches: &'a Switches,
    /// How many names were made.
    names: usize,
    /// The length that most lists have.
    length: usize,
    /// How many more statements the function may have.
    budget: usize,
    program: Program,
}

/// Names that generated code might use too.
const NAMES: &[&str] = &[
    "a",
    "b",
    "t",
    "s",
    "acc",
    "value",
    "frame",
    "grad",
    "dy",
    "x_bar",
    "stack",
    "out",
    "slot",
    "primal",
    "pullback",
    "kept",
    "result",
    "cotangent",
    "k",
    "c",
];

impl Generator<'_> {
    fn has(&self, construct: Construct) -> bool {
        self.switches.has(construct)
    }

    /// True in that many of a hundred cases, if the construct is on.
    fn chance(&mut self, construct: Construct, percent: usize) -> bool {
        self.has(construct) && self.rng.percent(percent)
    }

    /// A name that is not in scope; or one that is, which it then shadows.
    fn name(&mut self, scope: &Scope) -> String {
        if self.chance(Construct::Shadowing, 20) {
            let names: Vec<_> = scope.vars.iter().filter(|var| !var.fixed).collect();
            if let Some(var) = self.rng.pick(&names) {
                return var.name.clone();
            }
        }
        let name = NAMES[self.rng.below(NAMES.len())];
        if self.rng.percent(40) && scope.vars.iter().all(|var| var.name != name) {
            return name.to_string();
        }
        self.fresh(name)
    }

    /// A name that was not used before.
    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn length(&mut self) -> usize {
        if self.rng.percent(85) { self.length } else { self.rng.between(1, 4) }
    }

    fn points(&mut self) {
        let scalars = self.program.inputs().len();
        let ints = {
            let params = &self.program.main().params;
            params.iter().filter(|param| matches!(param.ty, Ty::Int | Ty::Flag)).count()
        };
        for k in 0..3 {
            let scalars = (0..scalars).map(|_| self.rng.value()).collect();
            // The first point has loops of two trips, the others anything from none to three.
            let ints = (0..ints).map(|_| if k == 0 { 2 } else { self.rng.below(4) }).collect();
            self.program.points.push(Point { scalars, ints });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::construct::{Construct, Switches};
    use crate::print;

    #[test]
    fn a_seed_is_one_program() {
        let switches = Switches::accepted();
        for seed in 0..50 {
            let [a, b] = [0, 1].map(|_| super::program(seed, &switches));
            assert_eq!(a, b);
            assert!(print::real(&a).contains("#[differentiable]"));
        }
    }

    #[test]
    fn a_construct_that_is_off_is_not_written() {
        let mut switches = Switches::accepted();
        switches.remove(Construct::While);
        for seed in 0..200 {
            assert!(!print::real(&super::program(seed, &switches)).contains("while "));
        }
    }

    #[test]
    fn every_construct_can_be_on() {
        let all = Switches::only(Construct::ALL.iter().copied());
        for seed in 0..200 {
            print::module(&super::program(seed, &all), 0);
        }
    }
}
