//! One sentence of contract per case, over any [`Storage`].
//!
//! Whoever writes a connector runs these cases against it: `conformance_tests!` makes a named test
//! of each. A case is passed over, by name and with a reason, where the connection's
//! [`Capability`](crate::Capability) says that there is nothing to promise, or where the backend
//! declares beforehand that it cannot.
//!
//! To add a case: a public function in the file of its group, and its name in `with_cases!`.

pub mod concurrency;
pub mod copy;
pub mod delete;
pub mod list;
pub mod paths;
pub mod read;
mod subject;
pub mod write;

use futures::future::BoxFuture;
pub use subject::{Subject, pattern};

use crate::StorageError;

/// How a case ended that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// Not asked of this backend, for this reason.
    Skipped(String),
}

/// What a backend did instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self(format!("{} ({})", chain(&error), error.kind().as_str()))
    }
}

impl From<crate::PathError> for Failure {
    fn from(error: crate::PathError) -> Self {
        Self(error.to_string())
    }
}

pub type Verdict = Result<Outcome, Failure>;

/// A backend that is set up for a case, or the reason why it is not.
pub enum Setup {
    Ready(Subject),
    Absent(String),
}

/// Runs a case; panics with what went wrong, prints why it was passed over.
///
/// With `must_run`, a backend that is absent is a failure.
pub async fn check(
    name: &str,
    setup: Setup,
    must_run: bool,
    case: impl for<'a> FnOnce(&'a Subject) -> BoxFuture<'a, Verdict>,
) {
    let subject = match setup {
        Setup::Ready(subject) => subject,
        Setup::Absent(reason) => {
            assert!(!must_run, "{name} cannot run: {reason}");
            println!("skipped {name}: {reason}");
            return;
        }
    };
    if let Some(reason) = subject.declared_impossible(name) {
        println!("skipped {name}: {reason}");
        return;
    }
    match case(&subject).await {
        Ok(Outcome::Passed) => {}
        Ok(Outcome::Skipped(reason)) => println!("skipped {name}: {reason}"),
        Err(Failure(what)) => panic!("{name}: {what}"),
    }
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        told = format!("{told}: {source}");
        cause = source.source();
    }
    told
}

pub(crate) fn skip(reason: &str) -> Outcome {
    Outcome::Skipped(reason.to_owned())
}

pub(crate) fn ensure(holds: bool, or_else: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(Failure(or_else()))
    }
}

pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &T,
    expected: &T,
) -> Result<(), Failure> {
    ensure(found == expected, || {
        format!("{what} is {found:?} and should be {expected:?}")
    })
}

/// Calls a macro with every case there is: `group { case, … }`, again and again.
#[macro_export]
macro_rules! with_cases {
    ($callback:path, $($with:tt)*) => {
        $callback! {
            $($with)*;
            read {
                reads_back_what_was_written
                reads_an_empty_object
                reads_any_range_of_an_object
                a_range_past_the_end_is_cut_at_the_end
                reading_nothing_is_not_found
                stat_of_nothing_is_not_found
                a_folder_is_no_object
                all_answers_tell_the_same_facts
                says_the_same_identity_every_time
            }
            write {
                a_write_replaces_the_whole_object
                a_changed_object_has_another_revision
                writes_objects_of_every_size
                a_small_body_that_fails_leaves_everything_as_it_was
                a_large_body_that_fails_leaves_everything_as_it_was
                a_body_of_another_length_is_refused
                create_only_never_replaces
                a_read_only_connection_refuses_to_write
            }
            copy {
                a_copy_is_the_object_that_was_named
                what_is_not_as_it_was_pinned_is_not_copied
                a_copy_never_replaces_what_is_there
                what_cannot_be_copied_is_left_to_reading_and_writing
            }
            list {
                lists_every_object_of_a_large_flat_folder_once
                lists_in_the_byte_order_of_whole_paths
                lists_one_folder_and_nothing_of_its_neighbours
                lists_nothing_where_nothing_is
                goes_on_behind_any_object
                names_the_folders_of_a_folder
                leaves_out_our_own_objects
            }
            delete {
                a_deleted_object_is_gone
                deleting_twice_is_deleting
                an_unchanged_object_is_deleted_on_condition
                a_changed_object_is_not_deleted_on_condition
                deletes_nothing_but_the_object
            }
            paths {
                keeps_hostile_names_or_refuses_them
                keeps_naughty_strings_or_refuses_them
                keeps_names_that_differ_by_normalisation_apart
                keeps_names_that_differ_by_case_apart
                holds_deeply_nested_objects
            }
            concurrency {
                concurrent_create_only_writes_have_one_winner
                readers_of_a_replaced_object_see_one_version_whole
                concurrent_writes_into_new_folders_all_succeed
            }
        }
    };
}

/// Makes a test of every case: `conformance_tests!(setup, must_run)`, where `setup` is an
/// `async fn() -> Setup` and `must_run` a `fn() -> bool`.
#[macro_export]
macro_rules! conformance_tests {
    ($setup:path, $must_run:path) => {
        $crate::with_cases!($crate::conformance_test_functions, $setup, $must_run);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_test_functions {
    ($setup:path, $must_run:path; $($group:ident { $($case:ident)* })*) => {$(
        mod $group {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let setup = $setup().await;
                    $crate::conformance::check(stringify!($case), setup, $must_run(), |subject| {
                        Box::pin($crate::conformance::$group::$case(subject))
                    })
                    .await;
                }
            )*
        }
    )*};
}
