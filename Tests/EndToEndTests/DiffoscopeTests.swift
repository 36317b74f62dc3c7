import Foundation
import Host
import Outputs
import TestSupport
import Testing

/// What looks for differences inside everything finds none between two builds.
@Suite(
    "diffoscope",
    .enabled(if: Tool.available("diffoscope", "zstd"), "diffoscope or zstd is not installed"))
struct DiffoscopeTests {
    /// Other users' settings, more workers, a format at a time.
    private static let elsewhere = Circumstances(
        name: "elsewhere", timeZone: "Asia/Kathmandu", locale: "tr_TR.UTF-8", umask: "077",
        workingDirectory: "elsewhere", home: "another", jobs: 3,
        environment: ["LANG": "ja_JP.UTF-8", "TMPDIR": "/var/tmp"], apart: true)

    @Test("Is silent on two builds of every format, and not on an image with another byte")
    func twoBuilds() throws {
        let layout = try #require(UsualOutputs.shared.get().layouts[.gzip])
        let one = try Round(.usual, layout: layout)
        let other = try Round(Self.elsewhere, layout: layout)
        try withExtendedLifetime((one, other)) {
            let (files, others) = (try one.files(), try other.files())
            for format in OutputFormats.all {
                for suffix in format.suffixes {
                    let key = Round.key(format, suffix)
                    let result = try diffoscope(try #require(files[key]), try #require(others[key]))
                    #expect(result.status == 0, "\(key)")
                    #expect(result.outputText + result.errorText == "", "\(key)")
                }
            }
            for name in ["iso", "raw-efi", "kernel+squashfs"] {
                let format = try #require(OutputFormats.named(name))
                let suffix = try #require(format.suffixes.last { $0 != "-cmdline" })
                try expectSpeech(on: try #require(files[Round.key(format, suffix)]))
            }
        }
    }

    private func expectSpeech(on image: String) throws {
        let directory = try TemporaryDirectory()
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: image)))
        bytes[bytes.count / 2] ^= 1
        let result = try diffoscope(image, try directory.write("changed", bytes))
        #expect(result.status == 1, "\(image)")
        #expect(result.outputText.contains("changed"), "\(image): \(result.outputText)")
    }

    private func diffoscope(_ one: String, _ other: String) throws -> Command.Result {
        try Command(
            "diffoscope", ["--no-progress", one, other],
            environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        ).run()
    }
}
