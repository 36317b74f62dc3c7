internal import Bytes
internal import Host

/// Who is trusted, besides the system's authorities, to say which server is which: the certificates of `--cert-file`.
enum TrustRoots {
    /// The certificates in `files` as PEM, without any other contents of the files.
    static func list(_ files: [String]) throws(RegistryError) -> [UInt8] {
        var list = ""
        for file in files {
            for certificate in try certificates(file) {
                list += "-----BEGIN CERTIFICATE-----\n"
                var digits = Base64.encode(certificate)[...]
                while !digits.isEmpty {
                    list += "\(digits.prefix(64))\n"
                    digits = digits.dropFirst(64)
                }
                list += "-----END CERTIFICATE-----\n"
            }
        }
        return Array(list.utf8)
    }

    /// Certificates in PEM, or one in DER.
    private static func certificates(_ path: String) throws(RegistryError) -> [[UInt8]] {
        let bytes: [UInt8]
        do throws(StreamError) {
            var source = RangeSource(try ReadableFile(path: path))
            bytes = try source.readAll(limit: 4 << 20, of: path)
        } catch { throw unusable(path, "\(error)") }
        if isCertificate(bytes[...]) { return [bytes] }
        let texts = pem(String(decoding: bytes, as: UTF8.self))
        guard !texts.isEmpty else {
            throw unusable(path, "no certificate found in it, neither PEM nor DER")
        }
        var found: [[UInt8]] = []
        for (number, text) in texts.enumerated() {
            guard let certificate = Base64.decode(text), isCertificate(certificate[...]) else {
                throw unusable(path, "certificate \(number + 1) in it is malformed")
            }
            found.append(certificate)
        }
        return found
    }

    /// The text between the lines that begin and end certificates (RFC 7468).
    private static func pem(_ text: String) -> [String] {
        var found: [String] = []
        var digits: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingWhitespace()
            switch line {
            case "-----BEGIN CERTIFICATE-----", "-----BEGIN X509 CERTIFICATE-----": digits = ""
            case "-----END CERTIFICATE-----", "-----END X509 CERTIFICATE-----":
                if let digits { found.append(digits) }
                digits = nil
            default: digits?.append(line)
            }
        }
        // One that is cut off is one all the same, and malformed.
        if digits != nil { found.append("") }
        return found
    }

    /// True if `bytes` are a SEQUENCE of a SEQUENCE, a SEQUENCE and a BIT STRING (RFC 5280 §4.1): whether they hold is the
    /// TLS library's to say.
    private static func isCertificate(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        guard var parts = element(0x30, &rest), rest.isEmpty else { return false }
        return element(0x30, &parts) != nil && element(0x30, &parts) != nil && element(0x03, &parts) != nil
            && parts.isEmpty
    }

    /// The contents of the element of DER that `bytes` begin with; nil if it has another tag or is cut off.
    private static func element(_ tag: UInt8, _ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.popFirst() == tag, let first = bytes.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            guard (1...4).contains(first & 0x7F) else { return nil }
            length = 0
            for _ in 0..<(first & 0x7F) {
                guard let byte = bytes.popFirst() else { return nil }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(length) }
        return bytes.prefix(length)
    }

    private static func unusable(_ path: String, _ reason: String) -> RegistryError {
        RegistryError(registry: "", .configuration(reason: "the certificate file \(path): \(reason)"))
    }
}
