import ArgumentParser

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Say more about what is done.")
    var verbose = false

    var reporter: Reporter {
        Reporter(level: quiet ? .quiet : verbose ? .verbose : .normal)
    }
}
