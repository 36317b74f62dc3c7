internal import HTTP

/// Content-Encoding (RFC 9110 §8.4), which is not requested: `Accept-Encoding: identity` goes with every request.
///
/// Some servers encode all the same, and their content is decoded. Others have a blob that is a gzip file labeled as
/// encoded, and what they send is the blob: its length shows it.
enum ContentCoding: Hashable, Sendable {
    /// Decoded if it is encoded, unless it has one of these lengths as it is sent.
    case undone(unlessOfLength: Set<UInt64> = [])
    /// As received, ignoring the label.
    case kept

    private static let known: Set = ["gzip", "x-gzip", "deflate", "zstd", "br"]

    /// True if an answer with `headers` has to be decoded. One with a coding that is unknown, `aws-chunked` for one,
    /// is taken as it is: its digest decides.
    func applies(to headers: HTTPHeaders) -> Bool {
        guard case .undone(let lengths) = self, Self.isEncoded(headers) else { return false }
        return headers.first(name: "content-length").flatMap { UInt64($0) }.map { !lengths.contains($0) }
            ?? true
    }

    static func isEncoded(_ headers: HTTPHeaders) -> Bool {
        let codings = headers["content-encoding"].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingWhitespace().lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
        return !codings.isEmpty && codings.allSatisfy(known.contains)
    }
}
