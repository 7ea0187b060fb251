// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

// No contract of ours imports it, and a deployment needs it.
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
