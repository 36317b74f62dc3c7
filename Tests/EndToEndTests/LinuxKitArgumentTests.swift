import Host
import NetworkSupport
import TestSupport
import Testing

/// Command lines as LinuxKit takes them.
@Suite struct LinuxKitArgumentTests {
    private let cache: CacheFolder

    init() throws { cache = try CacheFolder.sample() }

    private func run(_ arguments: [String], status: Int32 = 0) throws -> Command.Result {
        let result = try Executable.run(arguments, in: cache.folder.path)
        #expect(result.status == status, "\(arguments): \(result.errorText)")
        return result
    }

    @Test("Global options stand before every command, and with one that has no use for them")
    func globals() throws {
        let globals = ["--mirror", "http://127.0.0.1:9", "--cert-file=absent.pem", "--cache", cache.path]
        for command in [["cache", "ls"], ["cache", "du"], ["version"]] {
            _ = try run(globals + command)
            _ = try run(command + globals)
        }
        #expect(try run(globals + ["-q", "cache", "ls"]).outputText.contains("sample/one"))
        #expect(try run(["cache"] + globals + ["ls"]).outputText.contains("sample/one"))
        // What a command takes is read.
        let bad = try run(["--mirror", "nonsense", "cache", "pull", "--cache", "new", "a:1"], status: 64)
        #expect(bad.errorText.hasPrefix("identikit: --mirror: \"nonsense\""), "\(bad.errorText)")
        #expect(try !cache.folder.list().contains("new"), "nothing is made of a wrong command")
        _ = try run(["--bogus", "version"], status: 64)
    }

    @Test("What stands after -- is a name, whatever it looks like")
    func names() throws {
        let result = try run(
            ["-q", "build", "--cache", cache.path, "--offline", "--", "-absent.yml"], status: 66)
        #expect(result.errorText.contains("-absent.yml"), "\(result.errorText)")
    }

    @Test("Flags with values, levels of verbosity")
    func flags() throws {
        for level in ["-v=2", "--verbose=2", "-v=0", "--verbose=1"] {
            _ = try run([level, "cache", "ls", "--cache", cache.path])
        }
        _ = try run(["cache", "ls", "--json=true", "--cache", cache.path])
        _ = try run(["cache", "clean", "--unused=true", "--published-only=false", "--cache", cache.path])
        #expect(try run(["cache", "ls", "--cache", cache.path]).outputText.contains("sample/one"))
        _ = try run(["cache", "ls", "--bogus=true"], status: 64)
        let pushed = try run(["push", "-v", "oci", "127.0.0.1:9/a:1", "absent"], status: 66)
        #expect(pushed.errorText.contains("absent"), "\(pushed.errorText)")
    }
}
