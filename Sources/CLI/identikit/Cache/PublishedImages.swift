import Digests
import OCI
import Registry

extension RegistryOptions {
    /// Those of `references` whose registries have them with the digest that they have in `layout`. The others, and those
    /// whose registry does not answer, are told and stay, as with LinuxKit.
    func published(
        _ references: [ImageReference], in layout: ImageLayout, _ reporter: Reporter
    ) async throws -> [ImageReference] {
        try await RegistryAccess.with(self, reporter) { access in
            var published: [ImageReference] = []
            for reference in references {
                reporter.progress("asking for \(reference)")
                let here = try layout.descriptor(of: reference).digest
                do {
                    let there = try await access.client().publishedDescriptor(of: reference.withDefaultTag)?
                        .digest
                    if there == here {
                        published.append(reference)
                    } else {
                        reporter.note(
                            "\(reference) stays: its registry has "
                                + (there == nil ? "none of that name" : "another of that name"))
                    }
                } catch let error as RegistryError {
                    reporter.warning("\(reference) stays: \(error)")
                }
            }
            return published
        }
    }
}
