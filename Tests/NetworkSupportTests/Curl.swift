import Host
import TestSupport

/// One request of curl's, its answer in full.
struct Curl {
    let exit: Int32
    let status: Int
    /// As they came, of every answer on the way.
    let headers: String
    let body: [UInt8]

    init(_ url: String, _ arguments: [String] = [], input: [UInt8] = []) throws {
        let result = try Command(
            "curl", ["-s", "-D", "/dev/stderr", "--max-time", "20"] + arguments + [url], input: input
        ).run()
        exit = result.status
        headers = result.errorText
        body = result.output
        status =
            headers.split(whereSeparator: \.isNewline).last { $0.hasPrefix("HTTP/") }
            .flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    }

    /// The value of the last header `name`.
    func header(_ name: String) -> String? {
        headers.split(whereSeparator: \.isNewline).last {
            $0.lowercased().hasPrefix(name.lowercased() + ": ")
        }
        .map { String($0.dropFirst(name.count + 2)) }
    }
}
