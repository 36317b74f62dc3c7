import Foundation
import Host
import TestSupport

/// The built executable, run as a user runs it.
enum Executable {
    /// The optimised one that `make test` names, else the one that `swift test` has built.
    static let path: String = {
        if let path = HostEnvironment.variable("IDENTIKIT_EXECUTABLE") { return path }
        return "\(Conformance.root)/.build/debug/identikit"
    }()

    /// Runs it in `folder` with an empty home and nothing else of the caller's environment.
    static func run(
        _ arguments: [String], in folder: String, home: String? = nil, input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws -> Command.Result {
        var all = ["HOME": home ?? "\(folder)/home", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        all.merge(environment) { $1 }
        return try Command(path, arguments, environment: all, workingDirectory: folder, input: input).run()
    }
}
