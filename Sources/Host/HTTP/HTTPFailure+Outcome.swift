internal import CCurl
internal import Host

extension HTTPFailure {
    /// The failure that ended `transfer`; nil if it is complete.
    init?(_ outcome: ccurl_outcome, _ transfer: OpaquePointer) {
        let words = Self.printable(String(cString: ccurl_words(transfer)))
        switch outcome {
        case CCURL_COMPLETE: return nil
        case CCURL_NO_SUCH_HOST:
            // curl also reports a socket path that is too long as an unresolved host.
            self = .unreachable(words.contains("path too long") ? "its path is too long" : "host not found")
        case CCURL_NO_SUCH_PROXY: self = .unreachable("the proxy's host was not found")
        case CCURL_NOT_CONNECTED: self = .unreachable(Self.reason(ccurl_errno(transfer), words))
        case CCURL_TIMED_OUT: self = .unreachable("it did not answer in time")
        case CCURL_NO_TLS: self = Self.noTLS(words)
        case CCURL_UNTRUSTED: self = .untrusted(Self.distrust(words))
        case CCURL_BAD_ROOTS: self = .badCertificates(words)
        case CCURL_CUT: self = .cut(Self.end(words))
        case CCURL_NOT_HTTP: self = .notHTTP
        case CCURL_PROXY_REFUSED:
            let status = ccurl_proxy_status(transfer)
            if status == 407 || words.contains("was rejected by the SOCKS5 server")
                || words.contains("No authentication method was acceptable")
            {
                self = .proxyLogin
            } else {
                let reason = status > 0 ? "HTTP \(status)" : words
                self = .unreachable("the proxy refused the connection (\(reason))")
            }
        case CCURL_BAD_CODING: self = .undecodable(words)
        case CCURL_BAD_URL: self = .invalidRequest("a URL that cannot be used")
        default: self = .cut(words.isEmpty ? "the transfer failed" : words)
        }
    }

    private static func reason(_ number: Int32, _ words: String) -> String {
        if number != 0 { return HostEnvironment.message(errno: number).lowercased() }
        return words.isEmpty ? "no connection" : words
    }

    /// The failure for `words`, which every TLS library phrases differently.
    private static func noTLS(_ words: String) -> HTTPFailure {
        let text = words.lowercased()
        func has(_ word: String) -> Bool { text.contains(word) }
        if has("wrong version number") || has("http request") || has("packet length")
            || has("unexpected tls packet") || has("record layer failure")
        {
            return .unreachable("it does not speak TLS")
        }
        if has("reset by peer") || has("syscall") || has("unexpected eof") || has("non-properly terminated")
            || has("connection was closed")
        {
            return .cut(end(words))
        }
        return .unreachable("TLS handshake failed" + (words.isEmpty ? "" : " (\(words))"))
    }

    private static func distrust(_ words: String) -> String {
        let text = words.lowercased()
        func has(_ word: String) -> Bool { text.contains(word) }
        if has("not yet valid") || has("not activated") {
            return "its certificate is not valid yet, by the clock of this machine"
        }
        if has("expired") { return "its certificate has expired" }
        if has("subject name") || has("does not match") || has("not match target") {
            return "its certificate is for another name"
        }
        let detail = words.split(separator: ":").last.map { String($0.drop(while: \.isWhitespace)) } ?? ""
        return "its certificate is not signed by a trusted authority" + (detail.isEmpty ? "" : " (\(detail))")
    }

    private static func end(_ words: String) -> String {
        words.lowercased().contains("reset by peer")
            ? "connection reset by peer" : "the connection was closed"
    }

    /// One line of limited length.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
