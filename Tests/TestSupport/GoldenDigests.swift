internal import Digests
internal import Foundation
internal import Testing

/// Digests of outputs that are frozen, one file a format in `Tests/Golden`: a line says SHA-256, length and name.
/// They change only by running the tests with IDENTIKIT_UPDATE_GOLDEN=1, and a change needs a line in the changelog.
public enum GoldenDigests {
    /// Records an issue for each of `outputs` whose line is not in `Tests/Golden/NAME.txt`, and for lines
    /// without an output.
    public static func check(_ name: String, _ outputs: [(name: String, bytes: [UInt8])]) throws {
        try check(
            name, lines: outputs.map { "\(SHA256Digest(hashing: $0.bytes)) \($0.bytes.count) \($0.name)" })
    }

    /// The beginning of the SHA-256 of the golden files about outputs, one after the other by name: words are no bytes
    /// of an output.
    public static func identity() throws -> String {
        let directory = URL(fileURLWithPath: "\(Conformance.root)/Tests/Golden")
        var all = Data()
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        where name.hasSuffix(".txt") && name != "messages.txt" {
            all += try Data(contentsOf: directory.appendingPathComponent(name))
        }
        return String(SHA256Digest(hashing: Array(all)).hex.prefix(16))
    }

    /// The same for an encoder, each of whose streams `decode` must read as the sample. Other bytes need another version.
    public static func check(
        _ name: String, version: Int, samples: [(name: String, bytes: [UInt8])],
        encode: ([UInt8]) throws -> [UInt8], decode: ([UInt8], [UInt8]) throws -> [UInt8]
    ) throws {
        var lines = ["version \(version)"]
        for sample in samples {
            let stream = try encode(sample.bytes)
            // A digest is worth something only for a stream that says what it should.
            try #require(try decode(stream, sample.bytes) == sample.bytes, "\(sample.name)")
            lines.append("\(SHA256Digest(hashing: stream)) \(stream.count) \(sample.name)")
        }
        let file = URL(fileURLWithPath: "\(Conformance.root)/Tests/Golden/\(name).txt")
        let before = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        try #require(
            Set(lines).isSuperset(of: before) || lines.first != before.first,
            "the encoder writes other bytes: raise its version, then update the golden digests")
        try check(name, lines: lines)
    }

    /// The same for lines that were made elsewhere.
    public static func check(_ name: String, lines: [String]) throws {
        let file = URL(fileURLWithPath: "\(Conformance.root)/Tests/Golden/\(name).txt")
        let lines = lines.map { "\($0)\n" }
        if ProcessInfo.processInfo.environment["IDENTIKIT_UPDATE_GOLDEN"] == "1" {
            try Data(lines.joined().utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { "\($0)\n" }
        for line in lines where !golden.contains(line) { Issue.record("no golden line for \(line)") }
        for line in golden where !lines.contains(line) { Issue.record("no output for the golden \(line)") }
    }
}
