// lstm-lab.js, beside lstm-lab.html and where that is missing missing too: leads there, to the same place. See web/from-disk.js.

location.replace(`lstm-lab.html${location.search}${location.hash}`);
