internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import OCI
internal import Synchronization
internal import TestSupport
internal import Testing

@testable import Packaging

@Suite(.enabled(if: Tool.available("dpkg-deb", "apt-get", "tar", "sh")))
struct PackageBuilderTests {
    private static let recipe = """
        image: server
        org: acme
        contents:
          suite: test
          packages: [server]
          exclude: [heavy]
          remove: [usr/share/doc]
          users: [{name: srv, uid: 100, home: /var/lib/srv}]
          directories: [{path: var/lib/srv, mode: "0750", uid: 100, gid: 100}]
          files:
            - {path: etc/srv.conf, contents: "listen\\n"}
            - {path: bin/tool, source: tool}
            - {path: srv, source: tree}
          symlinks: [{path: usr/bin/link, target: server}]
          alternatives: [{name: editor, link: usr/bin/editor, path: /usr/bin/server}]
          moves: [{from: "usr/lib/lib*.so", to: usr/lib/moved.so}]
          archives: [{path: data.tar, from: [usr/share/data]}]
          cmd: [/usr/bin/server]
          env: [A=b]
        config:
          net: host
          capabilities: []
        """

    private func mirror() throws -> LocalMirror {
        let mirror = try LocalMirror()
        try mirror.add(
            "server", version: "1:2.0-1",
            control: "Depends: libserver (>= 1), heavy, usrmerge | usr-is-merged",
            script: "mkdir -p bin usr/share/doc/server usr/share/data/x; echo run > bin/server; "
                + "chmod 755 bin/server; echo doc > usr/share/doc/server/README; echo d > usr/share/data/x/y")
        try mirror.add("libserver", script: "mkdir -p lib; echo so > lib/libserver.so")
        try mirror.add("heavy", control: "Depends: heavier", script: "mkdir -p usr/heavy")
        try mirror.add("heavier", script: "mkdir -p usr/heavier")
        try mirror.add("usrmerge", script: "mkdir -p usr/merge")
        try mirror.add("unrelated", control: "Essential: yes", script: "mkdir -p usr/unrelated")
        try mirror.publish()
        return mirror
    }

    private func package(_ mirror: LocalMirror) throws -> String {
        let package = try mirror.package("server", Self.recipe)
        try mirror.builder.directory.write("packages/server/tool", "#!/bin/sh\n")
        try mirror.builder.directory.write("packages/server/tree/a/b", "b")
        try Tool.run("chmod", ["0700", "\(package)/tool"])
        return package
    }

    @Test func `a recipe becomes an image with everything that it names`() throws {
        let mirror = try mirror()
        let built = try mirror.packageBuilder().build(try package(mirror))
        let layout = try ImageLayout(opening: "\(mirror.builder.directory.path)/cache")
        let image = try layout.image(built.reference, platform: Platform(architecture: "amd64"))
        #expect(image.configuration.created == "2017-04-18T16:30:00Z")
        #expect(image.configuration.config.command == ["/usr/bin/server"])
        #expect(image.configuration.config.environment == ["A=b"])
        #expect(
            image.configuration.config.labels
                == ["org.mobyproject.config": #"{"capabilities":[],"net":"host"}"#])
        let layer = try #require(image.layers.first)
        let listing = try Tool.run(
            "tar", ["--numeric-owner", "-tvzf", layout.blobPath(layer.descriptor.digest)],
            environment: HostEnvironment.inherited(adding: ["TZ": "UTC", "LC_ALL": "C"])
        ).outputText.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            #expect(fields[3] == "2017-04-18" && fields[4] == "16:30", "\(line)")
            return "\(fields[0]) \(fields[1]) " + fields[5...].joined(separator: " ")
        }
        #expect(listing == Self.listing)
    }

    private static let listing = [
        "lrwxrwxrwx 0/0 bin -> usr/bin", "-rw-r--r-- 0/0 data.tar", "drwxr-xr-x 0/0 etc/",
        "drwxr-xr-x 0/0 etc/alternatives/", "lrwxrwxrwx 0/0 etc/alternatives/editor -> /usr/bin/server",
        "-rw-r--r-- 0/0 etc/group", "-rw-r--r-- 0/0 etc/passwd", "-rw-r----- 0/0 etc/shadow",
        "-rw-r--r-- 0/0 etc/srv.conf", "lrwxrwxrwx 0/0 lib -> usr/lib", "drwxr-xr-x 0/0 srv/",
        "drwxr-xr-x 0/0 srv/a/", "-rw-r--r-- 0/0 srv/a/b", "drwxr-xr-x 0/0 usr/", "drwxr-xr-x 0/0 usr/bin/",
        "lrwxrwxrwx 0/0 usr/bin/editor -> /etc/alternatives/editor", "lrwxrwxrwx 0/0 usr/bin/link -> server",
        "-rwxr-xr-x 0/0 usr/bin/server", "-rwxr-xr-x 0/0 usr/bin/tool", "drwxr-xr-x 0/0 usr/lib/",
        "-rw-r--r-- 0/0 usr/lib/moved.so", "drwxr-xr-x 0/0 var/",
        "drwxr-xr-x 0/0 var/lib/", "drwxr-xr-x 0/0 var/lib/dpkg/", "drwxr-xr-x 0/0 var/lib/dpkg/status.d/",
        "-rw-r--r-- 0/0 var/lib/dpkg/status.d/libserver", "-rw-r--r-- 0/0 var/lib/dpkg/status.d/server",
        "drwxr-x--- 100/100 var/lib/srv/",
    ]

    @Test func `two builds on different machines give the same index`() throws {
        let mirror = try mirror()
        let package = try package(mirror)
        let first = try mirror.packageBuilder().build(package)
        // The other machine has the directory and the lock, and a mirror; nothing else, and other habits.
        try Tool.run("cp", ["-r", package, "\(mirror.builder.directory.path)/elsewhere"])
        try Tool.run("chmod", ["-R", "go+w", "\(mirror.builder.directory.path)/elsewhere"])
        let second = try mirror.packageBuilder(cache: "other-cache") { $0.jobs = 1 }
            .build("\(mirror.builder.directory.path)/elsewhere/")
        #expect(first.index == second.index)
        #expect(first.manifests == second.manifests)
    }

    @Test func `what has not changed is not built again, what has is`() throws {
        let mirror = try mirror()
        let package = try package(mirror)
        let recorder = Recorder()
        let builder = try mirror.packageBuilder { $0.progress = recorder.record }
        let first = try builder.build(package)
        #expect(!recorder.take().contains { if case .unchanged = $0 { true } else { false } })
        #expect(try builder.build(package) == first)
        #expect(recorder.take().contains { if case .unchanged = $0 { true } else { false } })
        try mirror.builder.directory.write("packages/server/tree/a/b", "changed")
        let second = try builder.build(package)
        #expect(second.manifests != first.manifests)
        #expect(second.reference != first.reference)
        let layout = try ImageLayout(opening: "\(mirror.builder.directory.path)/cache")
        let layer = try layout.image(second.reference, platform: Platform(architecture: "amd64")).layers[0]
        try Directory.remove(layout.blobPath(layer.descriptor.digest))
        #expect(try builder.build(package).manifests == second.manifests)
        try layout.verify(layer.descriptor)
    }

    @Test func `the lock has what apt resolved, without excluded packages and what only they need`() throws {
        let mirror = try mirror()
        let package = try package(mirror)
        try mirror.packageBuilder().lock(package)
        let lock = try PackageLock(path: "\(package)/build.lock.json")
        #expect(lock.entries.first?.packages.map(\.specification) == ["libserver=1.0", "server=1:2.0-1"])
        #expect(
            lock.entries.first?.packages.map(\.file).last == "pool/main/server/server_1%3a2.0-1_all.deb")
        let text = String(
            decoding: try mirror.builder.directory.read("packages/server/build.lock.json"), as: UTF8.self)
        #expect(!text.contains(mirror.builder.directory.path), "the lock names the mirror")
    }

    @Test func `with a lock a newer package is not used until it is locked anew`() throws {
        let mirror = try mirror()
        let package = try package(mirror)
        let first = try mirror.packageBuilder().build(package)
        try mirror.add("libserver", version: "1.1", script: "mkdir -p lib; echo new > lib/libserver.so")
        try mirror.publish()
        #expect(try mirror.packageBuilder { $0.force = true }.build(package).index == first.index)
        #expect(throws: PackagingError.packageGone(name: "libserver", version: "1.0", directory: package)) {
            try mirror.packageBuilder(cache: "empty").build(package)
        }
        let recorder = Recorder()
        let again = try mirror.packageBuilder(cache: "third") {
            $0.relockWhenGone = true
            $0.progress = recorder.record
        }
        #expect(try again.build(package).manifests != first.manifests)
        #expect(recorder.take().contains(.relocking(name: "libserver", version: "1.0")))
        let relocked = try mirror.packageBuilder(cache: "empty") { $0.relock = true }.build(package)
        #expect(relocked.manifests != first.manifests)
    }

    @Test func `a lock for another list of packages is refused`() throws {
        let mirror = try mirror()
        let package = try package(mirror)
        try mirror.packageBuilder().lock(package)
        try mirror.builder.directory.write(
            "packages/server/build.yml", "contents: {suite: test, packages: [server, heavy]}")
        #expect(
            throws: PackagingError.staleLock(
                path: "\(try Directory.realPath(package))/build.lock.json", architecture: "amd64",
                directory: package)
        ) { try mirror.packageBuilder().build(package) }
    }

    @Test func `a .deb that is not what the lock says is refused`() throws {
        let mirror = try mirror()
        let package = try package(mirror)
        try mirror.packageBuilder().lock(package)
        try mirror.add("libserver", script: "mkdir -p lib; echo evil > lib/libserver.so")
        #expect(throws: (any Error).self) { try mirror.packageBuilder().build(package) }
        try mirror.publish()
        // The same version with other contents is no reason to lock anew.
        let error = try #require(throws: PackagingError.self) {
            try mirror.packageBuilder(cache: "empty") { $0.relockWhenGone = true }.build(package)
        }
        guard case .digestMismatch(let name, _, _, _, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(name == "libserver")
    }

    @Test func `two architectures are one index, also when built one after the other`() throws {
        let mirror = try mirror()
        let package = try package(mirror)
        try mirror.packageBuilder { $0.architectures = nil }.lock(package)
        let both = try mirror.packageBuilder { $0.architectures = nil }.build(package)
        #expect(both.manifests.compactMap(\.platform?.architecture) == ["amd64", "arm64"])
        _ = try mirror.packageBuilder(cache: "other") { $0.architectures = ["arm64"] }.build(package)
        let last = try mirror.packageBuilder(cache: "other") { $0.architectures = ["amd64"] }.build(package)
        #expect(last.index == both.index)
    }

    @Test func `what cannot be built is refused in a sentence`() throws {
        let mirror = try mirror()
        let cases: [(name: String, text: String, says: String)] = [
            (
                "docker", "image: a",
                "no `contents` in its build.yml, and building its Dockerfile takes a container"
            ),
            (
                "suite", "contents: {suite: nosuch, packages: [server]}",
                "has the suite nosuch; apt knows other, test"
            ),
            (
                "name", "contents: {suite: test, packages: [nosuch]}",
                "resolving nosuch in test: Unable to locate"
            ),
            ("arch", "arches: [arm64]\ncontents: {}", "is for arm64, not for amd64"),
            ("source", "contents: {files: [{path: a, source: b}]}", "build.yml:1:20: there is no"),
            ("move", "contents: {moves: [{from: \"x*\", to: y}]}", "build.yml:1:20: nothing matches `x*`"),
            ("config", "config:\n  capabilites: []\ncontents: {}", "build.yml:2:3: config: unknown key"),
        ]
        for item in cases {
            let package = try mirror.package(item.name, item.text)
            do {
                _ = try mirror.packageBuilder().build(package)
                Issue.record("\(item.name) was built")
            } catch { #expect("\(error)".contains(item.says), "\(item.name): \(error)") }
        }
    }
}

/// Keeps progress reports.
private final class Recorder: Sendable {
    private let reports = Mutex<[PackageProgress]>([])

    @Sendable func record(_ report: PackageProgress) { reports.withLock { $0.append(report) } }

    func take() -> [PackageProgress] {
        reports.withLock { reports in
            defer { reports = [] }
            return reports
        }
    }
}
