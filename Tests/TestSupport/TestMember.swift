public import Bytes

/// A member of a tar made for a test, honest or not: nothing is checked, so that hostile archives can be made.
public struct TestMember: Hashable, Sendable {
    public var name: ByteString
    /// The type flag (POSIX.1-2017 pax, "ustar Interchange Format"): `0` file, `1` hard link, `5` directory, …
    public var type: Character
    public var contents: [UInt8] = []
    public var link = ByteString()
    public var mode: UInt32 = 0o644
    public var uid: UInt32 = 0
    public var gid: UInt32 = 0
    /// Seconds since 1970.
    public var modified: UInt64 = 1_700_000_000
    public var deviceMajor: UInt32 = 0
    public var deviceMinor: UInt32 = 0
    /// Extended records, in order; path and linkpath are added by themselves where ustar is too short.
    public var records: [(key: String, value: ByteString)] {
        get { zip(recordKeys, recordValues).map { (key: $0, value: $1) } }
        set {
            recordKeys = newValue.map(\.key)
            recordValues = newValue.map(\.value)
        }
    }
    private var recordKeys: [String] = []
    private var recordValues: [ByteString] = []

    public init(_ name: ByteString, type: Character) {
        self.name = name
        self.type = type
    }

    public static func file(_ name: ByteString, _ text: String = "", mode: UInt32 = 0o644) -> TestMember {
        var member = TestMember(name, type: "0")
        member.contents = Array(text.utf8)
        member.mode = mode
        return member
    }

    public static func directory(_ name: ByteString, mode: UInt32 = 0o755) -> TestMember {
        var member = TestMember(name, type: "5")
        member.mode = mode
        return member
    }

    public static func symlink(_ name: ByteString, to target: ByteString) -> TestMember {
        var member = TestMember(name, type: "2")
        member.link = target
        member.mode = 0o777
        return member
    }

    public static func hardLink(_ name: ByteString, to target: ByteString) -> TestMember {
        var member = TestMember(name, type: "1")
        member.link = target
        return member
    }

    /// Hides `base` of `directory`, which is empty or ends in a slash.
    public static func whiteout(_ directory: ByteString, _ base: ByteString) -> TestMember {
        file(directory + ".wh." + base)
    }

    /// Hides all that lower layers have in `directory`, which is empty or ends in a slash.
    public static func opaque(_ directory: ByteString) -> TestMember { file(directory + ".wh..wh..opq") }
}
