use super::*;

#[test]
fn memory_comes_back() {
    let mut list: Vec<f64> = take(300);
    list.extend([1.0, 2.0]);
    let (start, capacity) = (list.as_ptr(), list.capacity());
    give(list);
    // Of another type of the same size and alignment.
    let again: Vec<u64> = take(250);
    assert_eq!(again.as_ptr().cast(), start);
    assert_eq!(again.capacity(), capacity);
    assert!(again.is_empty());
}

#[test]
fn a_small_block_is_for_any_elements_of_its_size() {
    let list: Vec<f64> = take(12);
    let start = list.as_ptr();
    give(list);
    let other = take::<f64>(11);
    let again: Vec<[u64; 3]> = take(4);
    assert_eq!(again.as_ptr().cast(), start);
    assert_eq!((again.len(), again.capacity()), (0, 4));
    assert_ne!(other.as_ptr(), start, "of another size");
}

#[test]
fn a_list_that_is_too_small_grows() {
    give(Vec::<[f64; 3]>::with_capacity(2));
    let list: Vec<[f64; 3]> = take(1000);
    assert!(list.capacity() >= 1000);
}

#[test]
fn the_one_with_room_is_found() {
    let large: Vec<[f64; 5]> = Vec::with_capacity(500);
    let start = large.as_ptr();
    give(large);
    give(Vec::<[f64; 5]>::with_capacity(26));
    let list = take::<[f64; 5]>(400);
    assert_eq!(list.as_ptr(), start);
}

#[test]
fn the_smallest_large_block_that_fits_is_taken() {
    let lists = [500, 400, 300].map(with_capacity::<[f64; 6]>);
    let starts = lists.each_ref().map(Vec::as_ptr);
    lists.into_iter().for_each(give);
    let taken = with_capacity::<[f64; 6]>(390);
    assert_eq!(taken.as_ptr(), starts[1]);
    let list = take::<[f64; 6]>(200);
    assert_eq!(list.as_ptr(), starts[2]);
    assert!(with_capacity::<[f64; 6]>(100).capacity() < 300, "far too large");
}

#[test]
fn a_stack_begins_in_a_large_block() {
    let large = Vec::<[f64; 9]>::with_capacity(500);
    let start = large.as_ptr();
    give(large);
    give(Vec::<[f64; 9]>::with_capacity(4));
    let stack = grown_stack(Vec::<[f64; 9]>::new(), 3);
    assert_eq!((stack.as_ptr(), stack.len()), (start, 0));
    assert!(grown_stack(Vec::<[f64; 9]>::new(), 3).capacity() < 500, "the small one is left");
    assert!(grown_stack(Vec::<[f64; 9]>::new(), 3).capacity() >= 3, "none is left");
}

#[test]
fn a_list_of_unknown_length_begins_in_the_largest_block() {
    let lists = [20, 60, 10].map(with_capacity::<[f64; 10]>);
    let starts = lists.each_ref().map(Vec::as_ptr);
    lists.into_iter().for_each(give);
    let list = take_to_grow::<[f64; 10]>();
    assert_eq!(list.as_ptr(), starts[1]);
    // Too large to leave with a short list.
    give(Vec::<[f64; 11]>::with_capacity(1 << 16));
    assert!(take_to_grow::<[f64; 11]>().capacity() < 100);
}

#[test]
fn what_grows_keeps_its_elements_and_leaves_its_memory() {
    let mut list = vec![[1.0; 12], [2.0; 12]];
    let (start, capacity) = (list.as_ptr(), list.capacity());
    grow(&mut list, 100);
    assert_eq!(list, [[1.0; 12], [2.0; 12]]);
    assert!(list.capacity() >= 102);
    let left = take::<[f64; 12]>(capacity);
    assert_eq!(left.as_ptr(), start);
}

#[test]
fn the_latest_small_block_is_taken() {
    let lists = [20, 60, 18].map(with_capacity::<[f64; 8]>);
    let starts = lists.each_ref().map(Vec::as_ptr);
    lists.into_iter().for_each(give);
    let latest = take::<[f64; 8]>(17);
    assert_eq!(latest.as_ptr(), starts[2]);
    // The latest with room, but not the smallest.
    let next = take::<[f64; 8]>(17);
    assert_eq!(next.as_ptr(), starts[1]);
    // The one that is left grows.
    assert!(take::<[f64; 8]>(30).capacity() >= 30);
    STORE.with(|store| assert!(store.borrow().small[8].is_empty()));
}

#[test]
fn no_more_pieces_than_the_limit_are_kept() {
    let large = LARGE / size_of::<[f64; 7]>() + 1;
    (0..2 * DEPTHS[1]).for_each(|_| give(Vec::<[f64; 7]>::with_capacity(large)));
    STORE.with(|store| assert_eq!(store.borrow().large[7].len(), DEPTHS[1]));
}

#[test]
fn elements_are_dropped() {
    let shared = std::rc::Rc::new(());
    give(vec![std::rc::Rc::clone(&shared)]);
    assert_eq!(std::rc::Rc::strong_count(&shared), 1);
}

#[test]
fn odd_elements_are_not_pooled() {
    assert_eq!(bin::<()>(), None);
    assert_eq!(bin::<u8>(), None);
    assert_eq!(bin::<[f64; WORDS + 1]>(), None);
    give(vec![(); 10]);
    give(vec![1_u8]);
    assert!(take::<u8>(3).capacity() >= 3);
}

#[test]
fn no_more_than_the_limit_is_kept() {
    for _ in 0..3 {
        give(Vec::<u32>::with_capacity(MOST / 8 + 1));
    }
    STORE.with(|store| assert!(store.borrow().bytes <= MOST));
}
