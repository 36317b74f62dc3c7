import Bytes
import Host
import Running

/// A machine's state directory, LinuxKit's `NAME-state`: it keeps the identity of the machine between runs.
struct MachineState {
    let directory: String
    /// False if the directory cannot be written, for instance next to an image on a read-only medium.
    let isKept: Bool
    let identity: MachineIdentity

    var processIDPath: String { "\(directory)/qemu.pid" }
    private var addressPath: String { "\(directory)/mac-addr" }
    private var uuidPath: String { "\(directory)/uuid" }

    /// Reads the identity kept in `directory` and derives the rest from its path and host, so that machines in different
    /// directories or on different hosts differ. Creates nothing.
    init(_ path: String) throws {
        let directory = path == "/" ? path : String(path.reversed().drop { $0 == "/" }.reversed())
        self.directory = directory
        isKept = try Self.canKeep(directory)
        let place = (try? Directory.realPath(directory)) ?? Self.absolute(directory)
        var identity = MachineIdentity(seed: "\(HostEnvironment.machineIdentity)\0\(place)")
        if let text = Self.text("\(directory)/mac-addr") {
            guard let address = MachineIdentity.macAddress(parsing: text) else {
                throw Self.malformed("\(directory)/mac-addr", "not the MAC address of a network card")
            }
            identity.macAddress = address
        }
        if let text = Self.text("\(directory)/uuid") {
            guard let uuid = MachineIdentity.uuid(parsing: text) else {
                throw Self.malformed("\(directory)/uuid", "not a UUID")
            }
            identity.uuid = uuid
        }
        self.identity = identity
    }

    private static func malformed(_ path: String, _ reason: String) -> Failure {
        Failure("\(path): \(reason); remove the file to generate a new one", .invalidInput)
    }

    private static func text(_ path: String) -> String? {
        guard let file = try? ReadableFile(path: path), file.count < 256,
            let bytes = try? file.bytes(at: 0, length: Int(file.count), of: path)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The real path that `directory`, which does not exist yet, will have.
    private static func absolute(_ directory: String) -> String {
        let (parent, name) = split(directory)
        return "\((try? Directory.realPath(parent)) ?? parent)/\(name)"
    }

    private static func split(_ directory: String) -> (parent: String, name: String) {
        guard let slash = directory.lastIndex(of: "/") else { return (".", directory) }
        let parent = slash == directory.startIndex ? "/" : String(directory[..<slash])
        return (parent, String(directory[directory.index(after: slash)...]))
    }

    private static func canKeep(_ directory: String) throws -> Bool {
        if let status = try FileStatus.following(directory) {
            guard status.kind == .directory else {
                throw Failure("\(directory): not a directory; choose another one with --state", .usage)
            }
            return Directory.isWritable(directory)
        }
        // Parent directories may be missing, too: they are created.
        var parent = split(directory).parent
        while try FileStatus.following(parent) == nil, split(parent).parent != parent {
            parent = split(parent).parent
        }
        return Directory.isWritable(parent)
    }

    /// Creates the directory and stores the identity. Fails if a machine is already running with this directory: two
    /// with one address would receive each other's packets.
    func keep() throws {
        try Directory.create(directory)
        guard !FileLock.isHeld(path: processIDPath) else {
            throw Failure(
                "\(directory): a machine is running with this state (qemu.pid); stop it, or choose another state "
                    + "directory with --state", .unavailable)
        }
        for (path, text) in [(addressPath, identity.macAddress), (uuidPath, identity.uuid)]
        where try FileStatus.of(path) == nil {
            var file = try AtomicFile(path: path)
            try file.write(Array(text.utf8))
            try file.commit()
        }
    }
}
