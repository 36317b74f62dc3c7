internal import Host
internal import TestSupport

/// `podman system service` with a store and a socket of its own, gone with the last reference.
///
/// Where podman cannot run (no namespaces, no /run), `start` says so.
public final class PodmanService: Sendable {
    /// An absolute path.
    public let socket: String
    private let folder: TemporaryFolder
    private let process: ServerProcess

    public enum Start: Sendable {
        case running(PodmanService)
        /// It is not installed, or cannot run here.
        case impossible(reason: String)
    }

    private static func options(_ folder: TemporaryFolder) -> [String] {
        ["--root", "\(folder.path)/root", "--runroot", "\(folder.path)/run", "--storage-driver", "vfs"]
    }

    /// Loads the Docker archive at `archive` and serves.
    public static func start(loading archive: String) async throws -> Start {
        let folder = try TemporaryFolder()
        let load = try Command("podman", options(folder) + ["load", "--input", archive], timeLimit: 120).run()
        guard load.status == 0 else { return .impossible(reason: load.errorText) }
        return .running(try await PodmanService(folder))
    }

    private init(_ folder: TemporaryFolder) async throws {
        self.folder = folder
        socket = "\(folder.path)/podman.sock"
        process = try await ServerProcess(
            "podman", Self.options(folder) + ["system", "service", "--time", "0", "unix://\(socket)"],
            log: "\(folder.path)/log")
        for _ in 0..<3000 {
            if try FileStatus.of(socket) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandError.failed(program: "podman", status: 0, message: process.logText)
    }

    public func stop() async throws { try await process.stopAndWait() }
}
