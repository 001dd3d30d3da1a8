//! `todoke`: parse the arguments, do what they say, leave with a code that tells how it went.

use std::process::ExitCode;

fn main() -> ExitCode {
    todoke::cli::main()
}
