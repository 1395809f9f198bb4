//! Positions in memory of the elements of a box, in row-major order of the box.

/// The strides of a contiguous row-major tensor.
pub(crate) fn strides<const R: usize>(shape: &[usize; R]) -> [usize; R] {
    let mut strides = [1; R];
    for d in (1..R).rev() {
        strides[d - 1] = strides[d] * shape[d];
    }
    strides
}

/// Calls `visit` with `Σ index[d] * strides[d]` for every index of a box of dimensions `extent`.
pub(crate) fn walk<const R: usize>(
    extent: [usize; R],
    strides: [usize; R],
    mut visit: impl FnMut(usize),
) {
    if extent.contains(&0) {
        return;
    }
    let mut index = [0; R];
    let mut position = 0;
    loop {
        visit(position);
        // The next index: the last axis that is not at its end advances, those behind it restart.
        let mut d = R;
        loop {
            if d == 0 {
                return;
            }
            d -= 1;
            index[d] += 1;
            position += strides[d];
            if index[d] < extent[d] {
                break;
            }
            position -= extent[d] * strides[d];
            index[d] = 0;
        }
    }
}
