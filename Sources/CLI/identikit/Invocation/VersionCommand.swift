import ArgumentParser

enum Version {
    /// Of the program. What its formats write has an identity of its own: `OutputFormats.identity`.
    static let text = "0.1.0"
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version.")

    @Flag(help: "Print the number alone.")
    var short = false

    func run() throws {
        try Output.print(short ? Version.text : "identikit \(Version.text)")
    }
}
