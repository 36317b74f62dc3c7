import Bytes
import Host
import JSON

/// Results, on standard output.
enum Output {
    static func print(_ value: JSONValue) throws(StreamError) { try print(value.printed) }

    static func print(_ text: String) throws(StreamError) {
        var sink = DescriptorSink.standardOutput
        try sink.write(Array((text.printable + "\n").utf8))
    }

    static func write(_ bytes: ByteString) throws(StreamError) {
        var sink = DescriptorSink.standardOutput
        try sink.write(bytes)
    }
}

extension JSONValue {
    /// As commands print it: what a terminal must not get is written as an escape, which means the same.
    var printed: String { String(decoding: encoded(), as: UTF8.self).escapedForJSON }
}
