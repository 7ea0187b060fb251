// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev An attacker's contract: does what anybody tells it to do, and once more when it is called from a hook.
contract Puppet {
    address internal armedTarget;
    bytes internal armedData;

    function run(address target, bytes memory data) public returns (bytes memory result) {
        bool isDone;
        (isDone, result) = target.call(data);
        if (!isDone) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }

    function arm(address target, bytes calldata data) external {
        (armedTarget, armedData) = (target, data);
    }

    function fire() external {
        address target = armedTarget;
        armedTarget = address(0);
        if (target != address(0)) run(target, armedData);
    }

    /// @dev ERC-1271: whatever it is asked, it has signed.
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector;
    }
}
