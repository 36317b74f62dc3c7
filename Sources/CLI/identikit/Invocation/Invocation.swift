/// How the process was called.
enum Invocation {
    /// `identikit`, or `linuxkit` if called by that name.
    static let name: String = {
        let path = CommandLine.arguments.first ?? ""
        return path.split(separator: "/").last == "linuxkit" ? "linuxkit" : "identikit"
    }()

    static var arguments: [String] { Array(CommandLine.arguments.dropFirst()) }
}
