import Glibc
import Host

// Gives readers of bytes that come from elsewhere a great many damaged inputs, and fails if one of them brings
// a reader down: a trap, a hang, memory without bound, or a promise that is not kept.
// An input is known by a seed and a number; both are printed for what is found.

let usage = """
    usage: identikit-fuzz [--format NAME,…] [--seed N] [--count N] [--seconds N] [--jobs N] [--folder PATH]
           identikit-fuzz --format NAME --seed N --only NUMBER     one input, in this process
           identikit-fuzz --format NAME --file PATH                the same with a file
           identikit-fuzz --list

      --format   which formats (all)            --seed     where the inputs come from (1), or: random
      --count    inputs a format (20000)        --seconds  for all formats together (no limit)
      --jobs     formats at a time              --findings after which a format is left alone (5)
      --folder   for inputs that broke something (fuzz-findings)

    """

do { try CommandLineRun(Array(CommandLine.arguments.dropFirst())).run() } catch {
    var text = "identikit-fuzz: \(error)\n"
    text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
    exit(error is BrokenPromise ? Worker.brokenPromise : 2)
}
