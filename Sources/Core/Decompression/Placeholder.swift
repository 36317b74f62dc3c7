enum DecompressionPlaceholder {}
