#include "tests/fuzz/read_recording.hpp"

/// The first byte chooses what the person says of the table, the rest is the table.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tonus;
    if (size == 0) return 0;
    const std::vector<CsvColumn> columns{{.input = "b", .name = "TA", .unit = "mV"}, {.input = "3", .scale = 0.5, .kind = StreamKind::acceleration}};
    const CsvMap maps[] = {{},
                           {.delimiter = ';', .decimal_comma = true, .heading_line = 1, .time = "a", .time_unit_s = 1e-3, .columns = columns},
                           {.heading_line = 2, .data_line = 4, .columns = columns},
                           {.delimiter = ' ', .time = "1"}};
    return fuzz::read_bytes(".csv", data + 1, size - 1, {.csv = maps[data[0] % std::size(maps)]});
}
