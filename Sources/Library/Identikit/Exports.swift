// One import for programs that build images: the modules whose types are in the signatures of `Builder`.

@_exported public import Building
@_exported public import Bytes
@_exported public import Digests
@_exported public import FileTree
@_exported public import KitConfig
@_exported public import OCI
@_exported public import Outputs
@_exported public import Packaging
@_exported public import Registry
@_exported public import Signatures
