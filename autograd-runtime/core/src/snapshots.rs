//! Snapshots of the state of a loop, from which generated code runs its iterations again.
//!
//! To reverse `n` steps, each needs the state that it began with. Of `s` snapshots at a time the first
//! holds the state before all steps; the others divide the steps so that the fewest are computed again
//! (Griewank and Walther, *Algorithm 799: revolve*, 2000): with `r` repetitions at most,
//! `n ≤ C(s + r, s)` steps can be reversed.

/// The snapshots of a loop's state `S`.
pub struct Snapshots<S> {
    /// How many there may be at a time.
    number: usize,
    /// How many steps there are, and in the reverse pass how many are left.
    steps: usize,
    /// How many steps the forward pass has begun.
    begun: usize,
    /// The step whose state the forward pass keeps next.
    next: usize,
    kept: Vec<(usize, S)>,
}

impl<S> Snapshots<S> {
    /// Before the first of `steps`.
    ///
    /// # Panics
    ///
    /// If an iterator does not know how many steps there are.
    pub fn new(steps: &impl Iterator, number: usize) -> Self {
        let (least, most) = steps.size_hint();
        assert_eq!(Some(least), most, "checkpoint!: the number of steps is not known");
        let kept = Vec::with_capacity(number.min(least));
        Self { number, steps: least, begun: 0, next: 0, kept }
    }

    /// Whether the state before the next step of the forward pass is kept.
    #[inline(always)]
    pub fn is_due(&mut self) -> bool {
        let due = self.begun == self.next;
        self.begun += 1;
        due
    }

    /// Keeps the state that is due.
    pub fn keep(&mut self, state: S) {
        let at = self.next;
        self.kept.push((at, state));
        let free = self.number - self.kept.len();
        let left = self.steps - at;
        self.next = if free == 0 || left == 1 { usize::MAX } else { at + split(left, free + 1) };
    }

    /// The last step that is left, with the state that it begins with: that of a snapshot, after the steps
    /// in between.
    pub fn previous(
        &mut self,
        mut advance: impl FnMut(usize, S) -> S,
        copy: impl Fn(&S) -> S,
    ) -> Option<(usize, S)> {
        let last = self.steps.checked_sub(1)?;
        while let Some((at, state)) = self.kept.pop_if(|(at, _)| *at == last).or_else(|| {
            let (at, state) = self.kept.last()?;
            Some((*at, copy(state)))
        }) {
            let free = self.number - self.kept.len();
            let done = at == last || free == 0;
            let to = if done { last } else { at + split(self.steps - at, free + 1) };
            let state = (at..to).fold(state, |state, step| advance(step, state));
            if done {
                self.steps = last;
                return Some((last, state));
            }
            self.kept.push((to, state));
        }
        unreachable!("the state before the first step is kept")
    }
}

/// How many of `steps`, two or more, come before the next of `number` snapshots, two or more, of which one
/// is there already, so that the fewest steps are computed again.
fn split(steps: usize, number: usize) -> usize {
    let repetitions = (1..=steps)
        .find(|r| choose(number + r, *r) >= steps)
        .expect("as many as there are steps are enough");
    let most = choose(number + repetitions - 1, number);
    most.min(steps - choose(number + repetitions - 2, number - 1))
}

/// The number of ways to choose `k` of `n`, or the largest number.
fn choose(n: usize, k: usize) -> usize {
    let mut ways: usize = 1;
    for i in 0..k.min(n - k) {
        // A product of `i + 1` numbers that follow one another can be divided by `(i + 1)!`.
        match ways.checked_mul(n - i) {
            Some(product) => ways = product / (i + 1),
            None => return usize::MAX,
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::Snapshots;
    use std::collections::HashMap;

    /// The fewest steps that must be computed again, by trying all ways to divide them.
    fn fewest(steps: usize, number: usize, known: &mut HashMap<(usize, usize), usize>) -> usize {
        if steps <= 1 {
            return 0;
        }
        if number == 1 {
            return steps * (steps - 1) / 2;
        }
        if let Some(known) = known.get(&(steps, number)) {
            return *known;
        }
        let ways = (1..steps).map(|first| {
            first + fewest(steps - first, number - 1, known) + fewest(first, number, known)
        });
        let fewest = ways.min().expect("there is a way");
        known.insert((steps, number), fewest);
        fewest
    }

    #[test]
    fn the_fewest_steps_are_computed_again() {
        let mut known = HashMap::new();
        for steps in 0..60 {
            for number in 1..9 {
                let mut snapshots = Snapshots::new(&(0..steps), number);
                let mut computed = 0;
                for step in 0..steps {
                    if snapshots.is_due() {
                        snapshots.keep(step);
                    }
                    // The forward pass computes all steps but the last to come to the last.
                    computed += usize::from(step + 1 < steps);
                }
                // It does not hold on to that state: the reverse pass comes to it once more.
                let again = snapshots.kept.last().map_or(0, |(at, _)| steps - 1 - at);
                let mut order = Vec::new();
                while let Some((step, state)) = snapshots.previous(
                    |step, state| {
                        assert_eq!(step, state, "the state of the step");
                        computed += 1;
                        state + 1
                    },
                    |state| *state,
                ) {
                    assert_eq!(step, state, "the state of the step");
                    order.push(step);
                }
                assert_eq!(order, (0..steps).rev().collect::<Vec<_>>());
                let expected = fewest(steps, number, &mut known) + again;
                assert_eq!(computed, expected, "{steps} steps, {number} snapshots");
            }
        }
    }
}
