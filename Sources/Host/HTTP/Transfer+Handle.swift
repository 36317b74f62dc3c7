internal import CCurl

extension Transfer {
    /// A handle of libcurl's that does this transfer and calls back. The transfer must outlive it.
    func makeHandle() throws(HTTPFailure) -> OpaquePointer {
        let context = Unmanaged.passUnretained(self).toOpaque()
        guard let handle = ccurl_transfer_new(Self.callbacks, context) else {
            throw .noLibrary("libcurl is out of memory")
        }
        do throws(HTTPFailure) {
            try configure(handle)
            return handle
        } catch {
            ccurl_transfer_free(handle)
            throw error
        }
    }

    private func configure(_ handle: OpaquePointer) throws(HTTPFailure) {
        guard ccurl_set_url(handle, request.url), ccurl_set_method(handle, request.method.rawValue),
            ccurl_set_connect_milliseconds(handle, Int(max(1, settings.connectSeconds * 1000)))
        else { throw .invalidRequest("a URL that cannot be used") }
        for line in try lines() where !ccurl_add_header(handle, line) {
            throw .invalidRequest("a header field that cannot be sent")
        }
        if hasLength, !ccurl_set_upload(handle, Int64(request.body?.length ?? 0)) {
            throw .invalidRequest("a body that cannot be sent")
        }
        if request.decodesContent, !ccurl_set_decoding(handle) {
            throw .undecodable("this libcurl was built without decoders")
        }
        try setRoute(handle)
        try setRoots(handle)
    }

    /// True if a length is sent: of a body, or 0 where servers expect one (RFC 9110 §8.6).
    private var hasLength: Bool {
        request.body != nil || [.POST, .PUT, .PATCH].contains(request.method)
    }

    private func lines() throws(HTTPFailure) -> [String] {
        var headers = request.headers
        // libcurl says how long the body is; and nothing is to wait for 100 (Continue).
        headers.remove(name: "content-length")
        var lines = ["Expect:"]
        if !headers.contains(name: "accept-encoding") {
            headers.add(name: "accept-encoding", value: "identity")
        }
        for (name, value) in headers.fields {
            let line = value.isEmpty ? "\(name);" : "\(name): \(value)"
            guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .invalidRequest("a header field that cannot be sent")
            }
            lines.append(line)
        }
        return lines
    }

    private func setRoute(_ handle: OpaquePointer) throws(HTTPFailure) {
        switch request.route {
        case .direct: break
        case .socket(let path):
            guard ccurl_set_socket(handle, path) else {
                throw .invalidRequest("the path of a socket that cannot be used")
            }
        case .proxy(let url, let username, let password):
            guard ccurl_set_proxy(handle, url, username, password) else {
                throw .invalidRequest("this libcurl does not know such proxies")
            }
        }
    }

    private func setRoots(_ handle: OpaquePointer) throws(HTTPFailure) {
        guard !settings.moreRoots.isEmpty, request.url.hasPrefix("https:") || isProxySecure else { return }
        // libcurl takes one list: the system's comes first.
        let all = settings.systemRoots.list(of: handle) + settings.moreRoots
        guard
            all.withUnsafeBytes({
                ccurl_set_roots(handle, $0.baseAddress ?? UnsafeRawPointer(handle), $0.count)
            })
        else {
            throw .badCertificates(
                "this libcurl takes no certificates besides the system's; \(HTTPSettings.installation)")
        }
    }

    private var isProxySecure: Bool {
        if case .proxy(let url, _, _) = request.route { url.hasPrefix("https:") } else { false }
    }

    private static var callbacks: ccurl_callbacks {
        ccurl_callbacks(
            connected: { Transfer.of($0).connected() },
            line: { Transfer.of($0).take(line: UnsafeBufferPointer(start: $1, count: $2)) },
            body: { Transfer.of($0).take(body: UnsafeBufferPointer(start: $1, count: $2)) },
            supply: { Transfer.of($0).fill(UnsafeMutableBufferPointer(start: $1, count: $2)) },
            rewind: { Transfer.of($0).rewind(to: $1) })
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }
}
