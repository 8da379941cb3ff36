#include "policy/pickle.h"

#include <doctest/doctest.h>
#include <string>

using mops::policy::find_pickle;
using namespace std::string_literals;

TEST_CASE("pickles by their first bytes") {
  CHECK(find_pickle("m", "\x80\x02}q\x00."s) == "a pickle (protocol 2)");
  CHECK(find_pickle("m", "\x80\x04\x95\x05\x00"s) == "a pickle (protocol 4)");
  CHECK(find_pickle("m", "\x80\x05\x95\x05\x00"s) == "a pickle (protocol 5)");
  CHECK(find_pickle("m", "(dp0\nVa\np1\nI1\ns."s) == "a pickle (protocol 0 or 1)");
  CHECK(find_pickle("m", "cposix\nsystem\np0\n(Vecho\np1\ntp2\nRp3\n."s) == "a pickle (protocol 0 or 1)");
  CHECK(find_pickle("m", "}q\x00."s) == "a pickle (protocol 0 or 1)");
  CHECK(find_pickle("m", "]q\x00(K\x01K\x02""e."s) == "a pickle (protocol 0 or 1)");
  CHECK(find_pickle("m", "\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R.behind its end"s) == "a pickle (protocol 0 or 1)");
  CHECK(find_pickle("m", "PK\x03\x04....archive/data.pkl"s) == "a PyTorch archive with a pickle");
  CHECK(find_pickle("m", "\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False"s) == "a NumPy array of pickled objects");
  CHECK(find_pickle("m.pkl.gz", "\x1f\x8b\x08"s) == "a compressed file with the name of a pickle");
  CHECK(find_pickle("m.joblib", "\x78\x9c\x00"s) == "a compressed file with the name of a pickle");
}

TEST_CASE("what is no pickle") {
  for (const std::string& bytes : {""s, "."s, "(a list.)\n"s, "I1\n."s, "]a."s, "}}."s, "e."s, "K\x01."s, "X\xff\xff\xff\xff""abc"s, "\x8d\xff\xff\xff\xff\xff\xff\xff\xff."s, "]. And so on\n"s, "\x80"s, "\x80\x04"s, "\x80\x09\x95\x05"s, "config\nname: x\n."s, "cat\ndog\nhorse.\n"s, "(dplyr)\n"s, "# cfg\nx\n"s,
                                   "{\"a\": 1}"s, "PK\x03\x04 xl/workbook.xml"s, "\x93NUMPY\x01\x00v\x00{'descr': '<f8'"s, "\x1f\x8b\x08"s})
    CHECK_FALSE(find_pickle("m", bytes));
}
