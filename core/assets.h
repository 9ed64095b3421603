// Where the program finds the models, meshes and textures that belong to it.
#ifndef ROOKERY_CORE_ASSETS_H_
#define ROOKERY_CORE_ASSETS_H_

#include <string>
#include <vector>

namespace rookery {

// Folders searched, in order: the environment variable ROOKERY_ASSETS, the source folder this
// program was built from, the folder it was installed to.
std::vector<std::string> AssetFolders();

// Path of "insertion/ell.urdf" etc.; an absolute path is returned as it is. UserError that names
// every path tried when there is no such file.
std::string FindAsset(const std::string& name);

}  // namespace rookery

#endif  // ROOKERY_CORE_ASSETS_H_
