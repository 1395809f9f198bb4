//! All versions of a workload must compute the same numbers before any is timed.

use crate::{Contender, Part};

/// Resets every version, takes one step, and compares the results with the first version's.
///
/// Two parts of the same name agree if they differ by at most `tolerance` times the largest number
/// in the part. A part that a version lacks is not compared, but the first part (the value) and at
/// least one other must be there.
///
/// # Panics
/// If a version disagrees, naming the version, the part and the element.
pub fn assert_agree(workload: &str, contenders: &mut [Box<dyn Contender>], tolerance: f64) {
    let mut expected: Option<Vec<Part>> = None;
    for contender in contenders {
        contender.reset();
        contender.step();
        let parts = contender.result();
        contender.reset();
        let Some(expected) = &expected else {
            expected = Some(parts);
            continue;
        };
        let who = format!("{workload}, {}", contender.name());
        assert_eq!(parts[0].name, expected[0].name, "{who}: no value");
        assert!(parts.len() > 1, "{who}: no gradient");
        for part in &parts {
            let same = expected.iter().find(|other| other.name == part.name);
            let same = same.unwrap_or_else(|| panic!("{who}: unknown part {}", part.name));
            assert_close(&who, part, same, tolerance);
        }
    }
}

fn assert_close(who: &str, part: &Part, expected: &Part, tolerance: f64) {
    let name = part.name;
    assert_eq!(part.numbers.len(), expected.numbers.len(), "{who}: length of {name}");
    let scale = expected.numbers.iter().fold(0.0_f64, |scale, number| scale.max(number.abs()));
    assert!(scale.is_finite() && scale > 0.0, "{who}: {name} of scale {scale} says nothing");
    for (i, (&got, &want)) in part.numbers.iter().zip(&expected.numbers).enumerate() {
        // Written so that NaN fails.
        let close = (got - want).abs() <= tolerance * scale;
        assert!(close, "{who}: {name}[{i}] is {got:e}, not {want:e} (scale {scale:e})");
    }
}
