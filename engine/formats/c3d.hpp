#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// The analog channels of a C3D file: integers and reals, as PC, SGI and DEC computers wrote them. Points
/// are left out. Integers are int32 with scale and offset, reals float32.
/// Source  file formats, section 6.
extern const RecordingFormat c3d_format;

}  // namespace tonus::formats
