use std::process::ExitCode;

fn main() -> ExitCode {
    qadam_backend::cli::main()
}
