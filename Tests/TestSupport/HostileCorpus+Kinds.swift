internal import Bytes
internal import FileTree

extension CorpusMaker {
    mutating func addSymbolicLinks() throws {
        func target(_ count: Int) -> ByteString {
            ByteString((0..<count).map { $0 % 100 == 99 ? 0x2F : UInt8(0x61 + $0 % 26) })
        }
        let links: [(ByteString, ByteString)] = [
            ("relative", "absolute"), ("absolute", "/links/relative"), ("up", "../../../links"), ("dot", "."),
            ("root", "/"), ("dangling", "no/such/file"), ("self", "self"), ("slashes", "//a///b//"),
            ("trailing", "directory/"), ("dots", "./../.././x/./.."),
            ("raw", ByteString([0xFF, 0x2F, 0xFE])),
            ("space", "a target"), ("249", target(249)), ("250", target(250)), ("255", target(255)),
            ("256", target(256)), ("1000", target(1000)), ("4094", target(4094)), ("4095", target(4095)),
            // One component as long as a link can be, which nothing can ever resolve.
            ("one-4095", ByteString([UInt8](repeating: 0x63, count: 4095))),
        ]
        for (name, target) in links {
            try add("links/" + name, .symbolicLink(target), Self.metadata(0o777))
        }
        try add("links/directory", .directory, Self.metadata(0o755))
    }

    mutating func addHardLinks() throws {
        try file("hard/b", Noise.text(seed: 3, count: 10_000))
        for name: ByteString in ["hard/a", "hard/c", "hard/below/d", "zz-hard"] {
            try builder.addHardLink(name, to: "hard/b")
        }
        try file("hard/empty", .empty)
        try builder.addHardLink("hard/empty-too", to: "hard/empty")
        try file("hard/few", .bytes("few"))
        for index in 0..<299 {
            try builder.addHardLink(ByteString("hard/names/\(index)"), to: "hard/few")
        }
    }

    mutating func addManyHardLinks() throws {
        try file("hard-many/first", .bytes("linked often"))
        for index in 1..<70_000 {
            try builder.addHardLink(ByteString("hard-many/\(index)"), to: "hard-many/first")
        }
    }

    mutating func addSpecialHardLinks() throws {
        try add("hard-special/link", .symbolicLink("target"), Self.metadata(0o777))
        try add("hard-special/fifo", .fifo, Self.metadata(0o600))
        try add("hard-special/null", .characterDevice(major: 1, minor: 3), Self.metadata(0o666))
        for name in ["link", "fifo", "null"] {
            try builder.addHardLink(
                ByteString("hard-special/\(name)-too"), to: ByteString("hard-special/\(name)"))
        }
    }

    mutating func addDeviceFiles() throws {
        let numbers: [(major: UInt32, minor: UInt32)] = [
            (0, 0), (1, 3), (8, 255), (8, 256), (255, 255), (256, 0), (259, 1_048_575), (4095, 1_048_575),
        ]
        for (major, minor) in numbers {
            try add(
                ByteString("devices/c\(major)-\(minor)"), .characterDevice(major: major, minor: minor),
                Self.metadata(0o620, uid: 0, gid: 5))
            try add(
                ByteString("devices/b\(major)-\(minor)"), .blockDevice(major: major, minor: minor),
                Self.metadata(0o660, uid: 0, gid: 6))
        }
    }

    mutating func addPipes() throws {
        try add("pipes/fifo", .fifo, Self.metadata(0o640))
        try add("pipes/socket", .socket, Self.metadata(0o755, uid: 3))
    }
}
