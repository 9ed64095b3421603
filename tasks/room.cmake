target_link_libraries(rookery_tasks PUBLIC rookery_envs)
if(NOT ROOKERY_BULLET)
  rookery_room_without(tasks ravens)
endif()
