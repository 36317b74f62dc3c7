import ArgumentParser
import Building
import Bytes
import Digests
import Host
import Locking
import OCI

/// How a build uses the lock file beside its configuration.
struct LockOptions: ParsableArguments {
    @Flag(help: "Fail unless a lock file exists and was made for this configuration.")
    var locked = false

    @Flag(help: "Ignore the lock file beside the configuration.")
    var noLock = false

    func validate() throws {
        if locked, noLock { throw ValidationError("--locked cannot be used with --no-lock") }
    }

    /// The path of the lock for a build of `files`; nil if there can be none, as for standard input.
    static func path(for files: [String]) -> String? {
        guard let last = files.last, last != "-" else { return nil }
        guard last.hasPrefix("http://") || last.hasPrefix("https://") else { return LockFile.path(for: last) }
        // The lock of a configuration that was fetched is in the working directory.
        let name = last.split(separator: "/").last.map { $0.prefix { $0 != "?" && $0 != "#" } } ?? ""
        return LockFile.path(for: String(name))
    }

    /// The lock for a build of `files`; nil if there is none.
    func lock(for files: [String]) throws -> ImageLock? {
        if noLock { return nil }
        let path = Self.path(for: files)
        if let path, let lock = try Self.read(path) { return lock }
        guard locked else { return nil }
        guard let path else {
            throw Failure("--locked needs a configuration file, beside which a lock file can be", .usage)
        }
        throw Failure(
            "\(path) not found, and --locked was given; create it with \(Self.command(files))", .missingInput)
    }

    /// The lock at `path`; nil if the file does not exist.
    static func read(_ path: String) throws -> ImageLock? {
        guard try FileStatus.following(path) != nil else { return nil }
        var source = RangeSource(try ReadableFile(path: path))
        return try LockFile.parse(try source.readAll(limit: 64 << 20, of: path), path: path)
    }

    /// Does `work`, and adds to an error of the lock which file it is about and what to do.
    func explaining<T>(_ files: [String], _ work: () async throws -> T) async throws -> T {
        do { return try await work() } catch let error as LockError {
            throw Failure(lock: error, path: Self.path(for: files) ?? "the lock", files: files)
        }
    }

    /// The command that writes the lock for `files`.
    static func command(_ files: [String], update: Bool = false) -> String {
        "\(Invocation.name) lock \(files.joined(separator: " "))\(update ? " --update" : "")"
    }
}

extension Failure {
    init(lock error: LockError, path: String, files: [String]) {
        switch error {
        case .imagesNotLocked(let references):
            let names = references.map(\.description).joined(separator: ", ")
            self.init(
                "\(path) does not have \(names); add it with \(LockOptions.command(files))", .invalidInput)
        case .fileNotLocked(let url):
            self.init(
                "\(path) does not have \(url); add it with \(LockOptions.command(files))", .invalidInput)
        case .fileChanged(let url, let locked, let found):
            self.init(
                "\(url) changed: \(path) has \(locked.oci), but it is \(found.oci) now; review it, and accept it "
                    + "with \(LockOptions.command(files, update: true))", .invalidInput)
        case .configurationChanged:
            self.init(
                "\(path) was made for another configuration, and --locked was given; renew it with "
                    + LockOptions.command(files), .invalidInput)
        }
    }
}
