import ArgumentParser

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Print only warnings and errors.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Print more details.")
    var verbose = false

    var level: Reporter.Level { quiet ? .quiet : verbose ? .verbose : .normal }

    var reporter: Reporter { Reporter(level: level) }
}
