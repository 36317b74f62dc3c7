import Bytes
import Host
import Running

/// The state folder of a machine: what makes it the same one at its next start, LinuxKit's `NAME-state`.
struct MachineState {
    let folder: String
    /// False if nothing can be kept there, as beside an image on a read-only medium.
    let isKept: Bool
    let identity: MachineIdentity

    var processIDPath: String { "\(folder)/qemu.pid" }
    private var addressPath: String { "\(folder)/mac-addr" }
    private var uuidPath: String { "\(folder)/uuid" }

    /// Reads what is kept in `folder`, and derives the rest from where it is: two machines beside each other differ,
    /// and so do machines of two hosts that are in the same place. Makes nothing.
    init(_ path: String) throws {
        let folder = path == "/" ? path : String(path.reversed().drop { $0 == "/" }.reversed())
        self.folder = folder
        isKept = try Self.canKeep(folder)
        let place = (try? Folder.realPath(folder)) ?? Self.absolute(folder)
        var identity = MachineIdentity(seed: "\(HostEnvironment.machineIdentity)\0\(place)")
        if let text = Self.text("\(folder)/mac-addr") {
            guard let address = MachineIdentity.macAddress(parsing: text) else {
                throw Self.malformed("\(folder)/mac-addr", "not the MAC address of a network card")
            }
            identity.macAddress = address
        }
        if let text = Self.text("\(folder)/uuid") {
            guard let uuid = MachineIdentity.uuid(parsing: text) else {
                throw Self.malformed("\(folder)/uuid", "not a UUID")
            }
            identity.uuid = uuid
        }
        self.identity = identity
    }

    private static func malformed(_ path: String, _ reason: String) -> Failure {
        Failure("\(path): \(reason); remove the file to have a new one made", .invalidInput)
    }

    private static func text(_ path: String) -> String? {
        guard let file = try? ReadableFile(path: path), file.count < 256,
            let bytes = try? file.bytes(at: 0, length: Int(file.count), of: path)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The path of `folder`, which does not exist yet, as it will be.
    private static func absolute(_ folder: String) -> String {
        let (parent, name) = split(folder)
        return "\((try? Folder.realPath(parent)) ?? parent)/\(name)"
    }

    private static func split(_ folder: String) -> (parent: String, name: String) {
        guard let slash = folder.lastIndex(of: "/") else { return (".", folder) }
        let parent = slash == folder.startIndex ? "/" : String(folder[..<slash])
        return (parent, String(folder[folder.index(after: slash)...]))
    }

    private static func canKeep(_ folder: String) throws -> Bool {
        if let status = try FileStatus.following(folder) {
            guard status.kind == .folder else {
                throw Failure("\(folder): not a folder; name another one with --state", .usage)
            }
            return Folder.isWritable(folder)
        }
        // Folders above may be missing too: those are made.
        var parent = split(folder).parent
        while try FileStatus.following(parent) == nil, split(parent).parent != parent {
            parent = split(parent).parent
        }
        return Folder.isWritable(parent)
    }

    /// Makes the folder and keeps the identity. A machine that runs already with this folder is an error: two with
    /// one address would take each other's packets.
    func keep() throws {
        try Folder.create(folder)
        guard !FileLock.isHeld(path: processIDPath) else {
            throw Failure(
                "\(folder): a machine is running with this state (qemu.pid); stop it, or give this one a state of "
                    + "its own with --state", .unavailable)
        }
        for (path, text) in [(addressPath, identity.macAddress), (uuidPath, identity.uuid)]
        where try FileStatus.of(path) == nil {
            var file = try AtomicFile(path: path)
            try file.write(Array(text.utf8))
            try file.commit()
        }
    }
}
