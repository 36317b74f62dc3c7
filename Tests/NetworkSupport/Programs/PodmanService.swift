internal import Host
internal import TestSupport

/// `podman system service` with a store and a socket of its own, gone with the last reference.
///
/// Where podman cannot run (no namespaces, no /run), `start` says so.
public final class PodmanService: Sendable {
    /// An absolute path.
    public let socket: String
    private let directory: TemporaryDirectory
    private let process: ServerProcess

    public enum Start: Sendable {
        case running(PodmanService)
        /// It is not installed, or cannot run here.
        case impossible(reason: String)
    }

    private static func options(_ directory: TemporaryDirectory) -> [String] {
        ["--root", "\(directory.path)/root", "--runroot", "\(directory.path)/run", "--storage-driver", "vfs"]
    }

    /// Loads the Docker archive at `archive` and serves.
    public static func start(loading archive: String) async throws -> Start {
        let directory = try TemporaryDirectory()
        let load = try Command("podman", options(directory) + ["load", "--input", archive], timeLimit: 120)
            .run()
        guard load.status == 0 else { return .impossible(reason: load.errorText) }
        return .running(try await PodmanService(directory))
    }

    private init(_ directory: TemporaryDirectory) async throws {
        self.directory = directory
        socket = "\(directory.path)/podman.sock"
        process = try await ServerProcess(
            "podman", Self.options(directory) + ["system", "service", "--time", "0", "unix://\(socket)"],
            log: "\(directory.path)/log")
        for _ in 0..<3000 {
            if try FileStatus.of(socket) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandError.failed(program: "podman", status: 0, message: process.logText)
    }

    public func stop() async throws { try await process.stopAndWait() }
}
