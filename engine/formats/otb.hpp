#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// Recordings of OT Bioelettronica's OT BioLab: OTB+ and OTB4, archives (tar, also gzipped) of XML and of files of
/// interleaved samples. What the XML calls neither control, quaternion nor auxiliary is taken for EMG, in mV; which
/// adapter lay on a muscle no file says.
/// Source  file formats, section 3; the maker's own scripts (OTBioelettronica/OTB-Matlab). No real file was at hand.
extern const RecordingFormat otb_format;

}  // namespace tonus::formats
