import Bytes
import Foundation
import Host
import JSON
import TestSupport

/// Runs cases, each in a directory of its own with a copy of one cache, and words what they say for the snapshot.
struct MessageRun {
    private let builder: LayoutBuilder

    init() throws {
        builder = try LayoutBuilder()
        try builder.image(
            "sample/thing:1", layers: [[.directory("bin"), .file("bin/sh", "a shell\n", mode: 0o755)]])
        var kernel = TestMember.file("kernel")
        kernel.contents = SampleBootFiles.bzImage
        try builder.image("sample/kernel:1", layers: [[kernel]])
        try builder.image("sample/climbing:1", layers: [[.file("../../etc/passwd", "x")]])
        try builder.image("sample/linked:1", layers: [[.hardLink("a", to: "nowhere")]])
        try builder.image("sample/whiteout:1", layers: [[.file(".wh.")]])
        try builder.image("sample/loop:1", layers: [[.symlink("kernel", to: "kernel")]])
        var capable = TestMember.file("bin/ping")
        capable.records = [(key: "SCHILY.xattr.security.capability", value: "\u{1}")]
        try builder.image("sample/capable:1", layers: [[capable]])
        try builder.image(
            "sample/label:1", layers: [[.file("a", "x")]],
            config: ["Labels": ["org.mobyproject.config": "{\"capabilties\": [\"all\"]}"]])
    }

    /// The lines of a case.
    func text(of message: MessageCase) throws -> String {
        let directory = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: builder.path, toPath: "\(directory.path)/cache")
        try directory.write("good.yml", "init:\n  - sample/thing:1\n")
        try directory.write("kernel.yml", "kernel:\n  image: sample/kernel:1\n  tar: none\n")
        for (name, text) in message.files { try directory.write(name, text) }
        if message.command.contains("./boot") { try SampleBootFiles.write(to: directory, "boot") }
        if !message.setup.isEmpty {
            try Tool.run("sh", ["-e", "-c", message.setup], in: directory.path)
        }
        let result = try Executable.run(
            message.arguments, in: directory.path, input: Array(message.input.utf8),
            environment: message.environment)
        // What succeeds prints results, which are not messages.
        let output = result.status == 0 ? "" : result.outputText
        let variables = message.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value) " }
        return """
            ## \(message.title)
            $ \(variables.joined())identikit \(message.command)
            exit \(result.status)

            """ + Self.lines(result.errorText, in: directory.path) + Self.lines(output, in: directory.path)
    }

    /// The text, placeholders in it for what differs from run to run, every line marked.
    private static func lines(_ text: String, in directory: String) -> String {
        var text = text.replacingOccurrences(of: directory, with: "DIR")
        let real = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
        text = text.replacingOccurrences(of: real, with: "DIR")
        for (pattern, placeholder) in placeholders {
            text = text.replacingOccurrences(of: pattern, with: placeholder, options: .regularExpression)
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines.map { "\($0.isEmpty ? "|" : "| \($0)")\n" }.joined()
    }

    private static let placeholders = [
        ("[0-9a-f]{64}", "SHA256"), ("[0-9a-f]{40}", "HASH"),
        ("identikit-test\\.[A-Za-z0-9]{6}", "TEMPORARY"),
        ("\\.identikit-[A-Za-z0-9-]+", ".identikit-NAME"), ("127\\.0\\.0\\.1:[0-9]+", "127.0.0.1:PORT"),
        ("apt knows .*", "apt knows SUITES"),
    ]
}
