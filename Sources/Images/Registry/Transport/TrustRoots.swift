internal import Bytes
internal import Host
internal import NIOSSL

/// Who is trusted to say which server is which: the system's authorities and those of `--cert-file`.
enum TrustRoots {
    static func configuration(_ files: [String]) throws(RegistryError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        for file in files {
            configuration.additionalTrustRoots.append(.certificates(try certificates(file)))
        }
        return configuration
    }

    /// Certificates in PEM, or one in DER.
    private static func certificates(_ path: String) throws(RegistryError) -> [NIOSSLCertificate] {
        let bytes: [UInt8]
        do throws(StreamError) {
            var source = RangeSource(try ReadableFile(path: path))
            bytes = try source.readAll(limit: 4 << 20, of: path)
        } catch { throw unusable(path, "\(error)") }
        if let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty {
            return certificates
        }
        guard let certificate = try? NIOSSLCertificate(bytes: bytes, format: .der) else {
            throw unusable(path, "there is no certificate in it, neither PEM nor DER")
        }
        return [certificate]
    }

    private static func unusable(_ path: String, _ reason: String) -> RegistryError {
        RegistryError(registry: "", .configuration(reason: "the certificate file \(path): \(reason)"))
    }
}
