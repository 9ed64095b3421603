target_link_libraries(rookery_renderers PUBLIC rookery_core PRIVATE ZLIB::ZLIB)
